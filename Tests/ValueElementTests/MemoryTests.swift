import Foundation
import TestSupport
import Testing
import ValueElement
import ValueElementTesting

@Suite struct MemoryTests {
    /// Opens a file whose lock a process that another test starts may hold for a moment.
    static func unlocked<Memory>(_ open: () throws -> Memory) throws -> Memory {
        try retry(while: { ($0 as? MemoryError)?.code == .inUse }, open)
    }

    @Test func `volatile memory conforms`() throws {
        var records: [RecordName: [UInt8]] = [:]
        var last: VolatileMemory?
        let conformance = MemoryConformance(
            .init(
                make: { failure in
                    last = VolatileMemory(failure: failure)
                    return last!
                },
                reopen: { failure in
                    records = try last!.load()
                    last = VolatileMemory(records, failure: failure)
                    return last!
                }))
        try conformance.check()
    }

    @Test func `file memory conforms`() throws {
        let folder = try TemporaryFolder()
        var count = 0
        var last: FileMemory?
        let conformance = MemoryConformance(
            .init(
                make: { failure in
                    count += 1
                    last = try FileMemory.create(at: "\(folder.path)/\(count)", [:], failure: failure)
                    return last!
                },
                reopen: { failure in
                    last = nil
                    last = try Self.unlocked { try FileMemory(at: "\(folder.path)/\(count)", failure: failure) }
                    return last!
                }))
        try conformance.check()
    }

    private func sample(_ folder: TemporaryFolder) throws -> (
        path: String, bytes: [UInt8], states: [[RecordName: [UInt8]]]
    ) {
        let path = folder.path + "/sample"
        var states: [[RecordName: [UInt8]]] = [[RecordName(1): [1, 2, 3]]]
        do {
            let memory = try FileMemory.create(at: path, states[0])
            for step in 0..<4 as Range<UInt8> {
                let change = RecordChange(RecordName(UInt16(step % 2)), [UInt8](repeating: step, count: 20))
                try memory.commit([change])
                states.append(try memory.load())
            }
        }
        return (path, Array(try Data(contentsOf: URL(filePath: path))), states)
    }

    /// A file truncated at any byte is one of the committed states, or is refused.
    @Test func `a file torn anywhere is an earlier state`() throws {
        let folder = try TemporaryFolder()
        let (path, bytes, states) = try sample(folder)
        var found: [Int] = []
        for length in 0...bytes.count {
            try Data(bytes.prefix(length)).write(to: URL(filePath: path))
            do {
                let records = try FileMemory(at: path).load()
                // Before its first frame is whole, a file is empty; in this state it never appears under its name.
                let index = records.isEmpty ? -1 : try #require(states.firstIndex(of: records))
                found.append(index)
            } catch let error as MemoryError {
                #expect(error.code == .notMemory && length < 16)
            }
        }
        #expect(found == found.sorted() && found.last == states.count - 1)
    }

    /// Content that looks like a frame is not parsed as one, wherever the write of it was torn.
    @Test func `content that looks like a frame is not taken for one`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/card"
        let change = RecordChange(RecordName(1), Array("content".utf8))
        do {
            let memory = try FileMemory.create(at: path, [RecordName(1): [1]])
            let inner = RecordLog.frame([change], serial: 7) + RecordLog.frame([], serial: 0)
            try memory.commit([RecordChange(RecordName(2), inner + [1, 2, 3])])
        }
        let bytes = Array(try Data(contentsOf: URL(filePath: path)))
        let end = try RecordLog.parse(Array(bytes.dropLast())).end
        for length in end...bytes.count {
            try Data(bytes.prefix(length)).write(to: URL(filePath: path))
            let records = try FileMemory(at: path).load()
            #expect((records[RecordName(2)] != nil) == (length == bytes.count), "torn after \(length)")
            #expect(records[RecordName(1)] == [1])
        }
    }

    /// A changed byte in the file never yields a state other than the last, or one that a torn write could leave.
    @Test func `a damaged file is refused or an earlier state`() throws {
        let folder = try TemporaryFolder()
        let (path, bytes, states) = try sample(folder)
        var refused = 0
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x40
            try Data(damaged).write(to: URL(filePath: path))
            do {
                let records = try FileMemory(at: path).load()
                #expect(index < 16 || records == states[states.count - 2], "byte \(index)")
            } catch {
                refused += 1
                #expect([.corrupt, .notMemory, .unknownVersion].contains(error.code))
            }
        }
        #expect(refused > bytes.count / 2)
    }

    @Test func `a file in use is refused`() throws {
        let folder = try TemporaryFolder()
        let memory = try FileMemory.create(at: folder.path + "/card", [RecordName(1): [1]])
        #expect(throws: MemoryError(.inUse, "")) { try FileMemory(at: folder.path + "/card") }
        #expect(throws: MemoryError(.exists, "")) { try FileMemory.create(at: folder.path + "/card", [:]) }
        #expect(throws: MemoryError(.missing, "")) { try FileMemory(at: folder.path + "/other") }
        try memory.commit([RecordChange(RecordName(1), [2])])
    }

    /// A file that has grown is rewritten with the same content.
    @Test func `growth is bounded`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/card"
        let memory = try FileMemory.create(at: path, [:])
        for step in 0..<600 {
            try memory.commit([
                RecordChange(RecordName(UInt16(step % 3)), [UInt8](repeating: UInt8(step % 251), count: 400))
            ])
        }
        let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        #expect(size < 1 << 17)
        #expect(try memory.load()[RecordName(2)] == [UInt8](repeating: UInt8(599 % 251), count: 400))
    }

    /// A frame removed from the middle is damage, even if it was the last but one.
    @Test func `a missing frame is damage`() throws {
        let folder = try TemporaryFolder()
        let (path, bytes, _) = try sample(folder)
        // A commit of one record of 20 bytes: 16 of the frame's header, 6 of the change's.
        let last = bytes.count - 42
        try Data(bytes[..<(last - 42)] + bytes[last...]).write(to: URL(filePath: path))
        #expect(throws: MemoryError(.corrupt, "")) { try FileMemory(at: path) }
    }

    /// A commit that rewrites the file is done or not done wherever power is cut, and the next one succeeds.
    @Test(arguments: FailureSwitch.Portion.allCases) func `a rewrite that is cut changes nothing`(
        _ portion: FailureSwitch.Portion
    ) throws {
        let folder = try TemporaryFolder(isInMemory: true)
        let (path, name) = (folder.path + "/card", RecordName(1))
        func size() throws -> Int { try Data(contentsOf: URL(filePath: path)).count }
        let failure = FailureSwitch()
        var number: UInt8 = 0
        do {
            let memory = try FileMemory.create(at: path, [:], failure: failure)
            func commit(_ first: UInt8) throws {
                try memory.commit([RecordChange(name, [first] + [UInt8](repeating: 0xA5, count: 4000))])
            }
            while try size() <= 1 << 16 {
                number += 1
                try commit(number)
            }
            failure.cutPower(atWrite: 1, keeping: portion)
            #expect(throws: MemoryError(.powerLost, "")) { try commit(number + 1) }
        }
        failure.restorePower()
        let before = try size()
        let memory = try Self.unlocked { try FileMemory(at: path, failure: failure) }
        #expect(try memory.load()[name]?.first == number)
        try memory.commit([RecordChange(name, [number + 1])])
        #expect(try size() < before / 10)
        #expect(try memory.load() == [name: [number + 1]])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["card"])
    }

    /// If the file cannot be written, nothing is left under its name.
    @Test func `a memory that could not be made leaves nothing`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/card"
        try FileManager.default.createDirectory(atPath: path + ".new", withIntermediateDirectories: false)
        #expect(throws: MemoryError(.writeFailed, "")) { try FileMemory.create(at: path, [:]) }
        #expect(!FileManager.default.fileExists(atPath: path))
        try FileManager.default.removeItem(atPath: path + ".new")
        _ = try FileMemory.create(at: path, [:])
    }

    /// A file at the path used for rewriting is neither followed nor trusted.
    @Test func `what lies in the way is not written to`() throws {
        let folder = try TemporaryFolder()
        let other = folder.path + "/other"
        try Data([1, 2, 3]).write(to: URL(filePath: other))
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/card.new", withDestinationPath: other)
        _ = try FileMemory.create(at: folder.path + "/card", [RecordName(1): [9]])
        #expect(try Data(contentsOf: URL(filePath: other)) == Data([1, 2, 3]))
        #expect(try FileMemory(at: folder.path + "/card").load() == [RecordName(1): [9]])
    }
}
