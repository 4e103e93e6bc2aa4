import Foundation
import Testing
import ValueElement
import ValueElementTesting

@Suite struct FlashMemoryTests {
    private static let small = FlashGeometry(pages: 16, pageSize: 512, unit: 16)

    @Test(arguments: [1, 2, 3] as [UInt64]) func `it conforms`(seed: UInt64) throws {
        var flash = SimulatedFlash(Self.small)
        let conformance = MemoryConformance(
            .init(
                make: { failure in
                    flash = SimulatedFlash(Self.small, failure: failure)
                    return try FlashMemory.create(on: flash)
                },
                reopen: { failure in
                    flash.failure = failure
                    return try FlashMemory(on: flash)
                }))
        try conformance.check(seed: seed)
    }

    /// A sequence of commits that goes round the flash several times: records of one to some hundred bytes, some across
    /// pages, some removed.
    private static func changes(_ step: Int) -> [RecordChange] {
        let name = RecordName(UInt16(step * 7 % 5))
        if step % 11 == 10 { return [RecordChange(name, nil), RecordChange(RecordName(9), [UInt8(step % 251)])] }
        let count = step % 13 == 12 ? 700 : 10 + step * 37 % 180
        return [
            RecordChange(name, [UInt8](repeating: UInt8(step % 251), count: count)),
            RecordChange(RecordName(8), [UInt8(step % 251)]),
        ]
    }

    private static func apply(_ changes: [RecordChange], to records: inout [RecordName: [UInt8]]) {
        for change in changes { records[change.name] = change.content }
    }

    private static let isCampaign = ProcessInfo.processInfo.environment["VALUESTORE_CAMPAIGN"] != nil

    /// Power is cut at every unit programmed and every page erased, over two rounds of the flash. The state found is
    /// the one before or after, and a second cut while the flash continues loses nothing either.
    /// `VALUESTORE_CAMPAIGN=1` in the environment tries each, otherwise every seventh.
    @Test(arguments: FailureSwitch.Portion.allCases) func `every operation may be the last`(
        portion: FailureSwitch.Portion
    ) throws {
        let steps = 110
        var cut = 1
        var erasuresCut = 0
        while true {
            let failure = FailureSwitch()
            let flash = SimulatedFlash(Self.small, failure: failure)
            let memory = try FlashMemory.create(on: flash)
            failure.cutPower(atWrite: cut, keeping: portion)
            var expected: [RecordName: [UInt8]] = [:]
            var step = 0
            var isCut = false
            while step < steps, !isCut {
                do {
                    try memory.commit(Self.changes(step))
                    Self.apply(Self.changes(step), to: &expected)
                    step += 1
                } catch {
                    #expect(error.code == .powerLost)
                    isCut = true
                }
            }
            guard isCut else {
                #expect(flash.erasures.allSatisfy { $0 >= 2 })
                break
            }
            failure.restorePower()
            let before = flash.erasures.reduce(0, +)
            var after = expected
            Self.apply(Self.changes(step), to: &after)
            var found = try FlashMemory(on: flash).load()
            #expect(found == expected || found == after, "cut \(cut)")
            // Soon after, in the flash as the first cut left it.
            failure.cutPower(atWrite: 1 + cut % 5, keeping: portion)
            do {
                try FlashMemory(on: flash).commit(Self.changes(step))
                found = after
            } catch {
                #expect(error.code == .powerLost)
                failure.restorePower()
                let again = try FlashMemory(on: flash).load()
                #expect(again == found || again == after, "cut \(cut) and again")
                found = again
            }
            failure.restorePower()
            let mounted = try FlashMemory(on: flash)
            for step in step..<(step + 8) {
                try mounted.commit(Self.changes(step))
                Self.apply(Self.changes(step), to: &found)
            }
            #expect(try FlashMemory(on: flash).load() == found, "cut \(cut), and on")
            if flash.erasures.reduce(0, +) > before { erasuresCut += 1 }
            cut += Self.isCampaign ? 1 : 7
        }
        #expect(erasuresCut > 10)
    }

    /// A full flash refuses before anything is changed, and accepts a change that frees capacity.
    @Test func `a full flash refuses and goes on`() throws {
        let flash = SimulatedFlash(Self.small)
        let memory = try FlashMemory.create(on: flash)
        var count: UInt16 = 0
        while count < 1_000 {
            do throws(MemoryError) {
                try memory.commit([RecordChange(RecordName(count), [UInt8](repeating: 1, count: 200))])
                count += 1
            } catch {
                #expect(error.code == .writeFailed)
                break
            }
        }
        #expect((8..<40).contains(Int(count)), "\(count)")
        #expect(try memory.load().count == count)
        for round in 0..<300 {
            try memory.commit([RecordChange(RecordName(0), [UInt8](repeating: UInt8(round % 251), count: 200))])
        }
        try memory.commit([RecordChange(RecordName(1), nil)])
        try memory.commit([RecordChange(RecordName(999), [UInt8](repeating: 1, count: 150))])
        let found = try FlashMemory(on: flash).load()
        #expect(found.count == count)
        #expect(found[RecordName(0)] == [UInt8](repeating: 48, count: 200))
    }

    /// A record that never changes does not reduce wear levelling: erase counts differ by at most one.
    @Test func `wear is levelled`() throws {
        let flash = SimulatedFlash(Self.small)
        let memory = try FlashMemory.create(on: flash, [RecordName(100): [UInt8](repeating: 7, count: 400)])
        for step in 0..<2_000 { try memory.commit([RecordChange(RecordName(1), [UInt8(step % 251)])]) }
        let least = try #require(flash.erasures.min())
        let most = try #require(flash.erasures.max())
        #expect(least > 4)
        #expect(most - least <= 1)
        #expect(try FlashMemory(on: flash).load()[RecordName(100)] == [UInt8](repeating: 7, count: 400))
    }

    /// A page wears out: the memory reports it, and its content is still readable.
    @Test func `a worn flash keeps what it holds`() throws {
        let flash = SimulatedFlash(FlashGeometry(pages: 8, pageSize: 256, unit: 8, endurance: 3))
        let memory = try FlashMemory.create(on: flash)
        var last: UInt8?
        var isWorn = false
        for step in 0..<255 as Range<UInt8> {
            do {
                try memory.commit([RecordChange(RecordName(1), [UInt8](repeating: step, count: 60))])
                last = step
            } catch {
                #expect(error.code == .writeFailed)
                isWorn = true
                break
            }
        }
        #expect(isWorn)
        let value = try #require(last)
        #expect(try FlashMemory(on: flash).load()[RecordName(1)] == [UInt8](repeating: value, count: 60))
    }

    @Test func `what is no memory is reported from one`() throws {
        let flash = SimulatedFlash(Self.small)
        #expect(throws: MemoryError(.notMemory, "")) { try FlashMemory(on: flash) }
        _ = try FlashMemory.create(on: flash)
        #expect(throws: MemoryError(.exists, "")) { try FlashMemory.create(on: flash) }
        #expect(throws: MemoryError(.writeFailed, "")) { try flash.program([0, 0], page: 1, at: 0) }
        let zeros = [UInt8](repeating: 0, count: 16)
        #expect(throws: MemoryError(.writeFailed, "")) { try flash.program(zeros, page: 1, at: 0) }
        // The page that holds the log: nothing else shows that there was one.
        try flash.erase(page: 1)
        #expect(throws: MemoryError(.notMemory, "")) { try FlashMemory(on: flash) }
    }

    /// A missing page of the log is damage, not an earlier state.
    @Test func `a missing page is damage`() throws {
        let flash = SimulatedFlash(Self.small)
        let memory = try FlashMemory.create(on: flash)
        for step in 0..<12 as Range<UInt8> {
            try memory.commit([RecordChange(RecordName(1), [UInt8](repeating: step, count: 200))])
        }
        try flash.erase(page: 2)
        #expect(throws: MemoryError(.corrupt, "")) { try FlashMemory(on: flash) }
    }
}
