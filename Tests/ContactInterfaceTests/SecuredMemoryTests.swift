import CardCrypto
import ContactInterface
import ISO7816
import TestSupport
import Testing

/// Over the contacts and through a reader's pseudo-APDUs alike.
@Suite struct SecuredMemoryTests {
    @Test(arguments: [false, true]) func `a random program does what a model does`(remote: Bool) throws {
        var source = SeededGenerator(seed: 4442)
        for _ in 0..<4 {
            let bench = TwoWireBench()
            let memory = try bench.memory(remote: remote)
            var model = bench.card.main
            var protected = Set<Int>()
            try memory.presentRightCode()
            for _ in 0..<40 {
                let address = Int.random(in: 0..<256, using: &source)
                let count = Int.random(in: 0...min(12, 256 - address), using: &source)
                let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &source) }
                switch Int.random(in: 0..<4, using: &source) {
                case 0:
                    #expect(try memory.readMain(address, count: count) == Array(model[address..<address + count]))
                case 1 where address < 32 && count > 0:
                    let end = min(32, address + count)
                    try memory.protect(address, Array(model[address..<end]), .protect)
                    protected.formUnion(address..<end)
                default:
                    let isClaimed = (0..<count).allSatisfy {
                        !protected.contains(address + $0) || model[address + $0] == bytes[$0]
                    }
                    if isClaimed {
                        try memory.update(address, bytes)
                    } else {
                        #expect(throws: MemoryCardError(.notWritten, "")) { try memory.update(address, bytes) }
                    }
                    for (offset, byte) in bytes.enumerated() where !protected.contains(address + offset) {
                        model[address + offset] = byte
                    }
                }
                #expect(bench.card.main == model)
            }
            #expect(try memory.readProtection() == (0..<32).map(protected.contains))
        }
    }

    @Test(arguments: [false, true]) func `nothing is written without the code`(remote: Bool) throws {
        let bench = TwoWireBench()
        let memory = try bench.memory(remote: remote)
        let before = bench.card.main
        let error = #expect(throws: MemoryCardError.self) { try memory.update(100, [1, 2, 3]) }
        #expect(error?.code == .notWritten)
        #expect(throws: MemoryCardError.self) { try memory.protect(0, [0xA2], .protect) }
        // The card returns 00 for a hidden code.
        for code: [UInt8] in [[9, 9, 9], [0, 0, 0]] {
            let error = #expect(throws: MemoryCardError.self) { try memory.changeCode(to: Secret(copying: code)) }
            #expect(error?.code == .notWritten)
        }
        #expect(bench.card.main == before && !bench.card.isProtected.contains(true))
    }

    @Test(arguments: [false, true]) func `a wrong code takes a try and the right one gives all back`(remote: Bool)
        throws
    {
        let bench = TwoWireBench()
        let memory = try bench.memory(remote: remote)
        let error = #expect(throws: MemoryCardError.self) {
            try memory.present(Secret(copying: TwoWireBench.wrongCode))
        }
        #expect(error?.code == .codeWrong)
        #expect(try memory.triesLeft() == 2)
        try memory.presentRightCode()
        #expect(try memory.triesLeft() == 3)
        try memory.update(100, [1])
    }

    @Test(arguments: [false, true]) func `the last try is guarded`(remote: Bool) throws {
        let bench = TwoWireBench(errorCounter: 0b001)
        let memory = try bench.memory(remote: remote)
        let guarded = #expect(throws: MemoryCardError.self) { try memory.presentRightCode() }
        #expect(guarded?.code == .lastTry)
        #expect(try memory.triesLeft() == 1)
        try memory.present(Secret(copying: TwoWireBench.rightCode), isLastTryAllowed: true)
        #expect(try memory.triesLeft() == 3)
    }

    @Test(arguments: [false, true]) func `three wrong codes lock irreversibly`(remote: Bool) throws {
        let bench = TwoWireBench()
        let memory = try bench.memory(remote: remote)
        for _ in 0..<3 {
            #expect(throws: MemoryCardError.self) {
                try memory.present(Secret(copying: TwoWireBench.wrongCode), isLastTryAllowed: true)
            }
        }
        let error = #expect(throws: MemoryCardError.self) { try memory.presentRightCode() }
        #expect(error?.code == .codeLocked)
        // Not even with the last try allowed.
        #expect(throws: MemoryCardError(.codeLocked, "")) {
            try memory.present(Secret(copying: TwoWireBench.rightCode), isLastTryAllowed: true)
        }
        #expect(throws: MemoryCardError.self) { try memory.update(100, [1]) }
    }

    @Test(arguments: [false, true]) func `a new code takes the old one's offset`(remote: Bool) throws {
        let bench = TwoWireBench()
        let memory = try bench.memory(remote: remote)
        try memory.presentRightCode()
        try memory.changeCode(to: Secret(copying: [7, 8, 9]))
        bench.port.remove()
        bench.port.insert(bench.card)
        let again = try bench.memory(remote: remote)
        #expect(throws: MemoryCardError.self) { try again.presentRightCode() }
        try again.present(Secret(copying: [7, 8, 9]))
    }

    @Test(arguments: [false, true]) func `protection wants the bytes that are there`(remote: Bool) throws {
        let bench = TwoWireBench()
        let memory = try bench.memory(remote: remote)
        try memory.presentRightCode()
        let other = #expect(throws: MemoryCardError.self) { try memory.protect(4, [4, 6], .protect) }
        #expect(other?.code == .notAsExpected)
        let beyond = #expect(throws: MemoryCardError.self) { try memory.protect(31, [31, 32], .protect) }
        #expect(beyond?.code == .outOfRange)
        #expect(!bench.card.isProtected.contains(true))
    }

    @Test(arguments: [false, true]) func `addresses beyond the memory are refused`(remote: Bool) throws {
        let memory = try TwoWireBench().memory(remote: remote)
        for (address, count) in [(256, 1), (-1, 1), (250, 7), (.max, 1), (0, .max)] {
            let error = #expect(throws: MemoryCardError.self) { try memory.readMain(address, count: count) }
            #expect(error?.code == .outOfRange)
        }
        #expect(try memory.readMain(0, count: 256).count == 256)
        #expect(try memory.readMain(256, count: 0).isEmpty)
    }
}
