import CardCrypto
import ContactInterface
import ISO7816
import Testing

/// A card that is pulled at every contact change.
@Suite struct PulledCardTests {
    @Test func `a try is never given back by a wrong code`() throws {
        let whole = TwoWireBench()
        let reader = try TwoWireReader(whole.port)
        let changes = whole.port.changes {
            #expect(throws: MemoryCardError(.codeWrong, "")) {
                try reader.present(Secret(copying: TwoWireBench.wrongCode))
            }
        }
        #expect(whole.card.errorCounter.nonzeroBitCount == 2)
        for number in 1...changes {
            let bench = TwoWireBench(errorCounter: 0b011)
            let memory = try TwoWireReader(bench.port)
            bench.port.pullCard(atChange: number)
            let error = #expect(throws: MemoryCardError.self) {
                try memory.present(Secret(copying: TwoWireBench.wrongCode))
            }
            // Nothing follows the last change.
            #expect(error?.code == (number == changes ? .codeWrong : .noAnswer))
            bench.port.observer = nil
            #expect(bench.card.errorCounter.nonzeroBitCount <= 2, "pulled at change \(number)")
            #expect(bench.card.main == whole.card.main)
        }
    }

    @Test func `a code that is cut off opens nothing`() throws {
        let whole = TwoWireBench()
        let reader = try TwoWireReader(whole.port)
        let changes = try whole.port.changes { try reader.presentRightCode() }
        for number in 1...changes {
            let bench = TwoWireBench()
            let memory = try TwoWireReader(bench.port)
            bench.port.pullCard(atChange: number)
            // Nothing follows the last change.
            if number < changes {
                #expect(throws: MemoryCardError(.noAnswer, "")) { try memory.presentRightCode() }
            } else {
                try memory.presentRightCode()
            }
            bench.port.observer = nil
            bench.port.insert(bench.card)
            let again = try TwoWireReader(bench.port)
            let error = #expect(throws: MemoryCardError.self) { try again.update(100, [1]) }
            #expect(error?.code == .notWritten)
        }
    }

    @Test func `a byte is old or erased until the last change and no other changes`() throws {
        var outcomes: [UInt8] = []
        let whole = TwoWireBench()
        let reader = try TwoWireReader(whole.port)
        try reader.presentRightCode()
        try reader.protect(4, [4, 5], .protect)
        let old = whole.card.main
        let changes = try whole.port.changes { try reader.update(40, [0xA5]) }
        for number in 1...changes {
            let bench = TwoWireBench()
            let memory = try TwoWireReader(bench.port)
            try memory.presentRightCode()
            try memory.protect(4, [4, 5], .protect)
            bench.port.pullCard(atChange: number)
            if number < changes {
                #expect(throws: MemoryCardError(.noAnswer, "")) { try memory.update(40, [0xA5]) }
            } else {
                try memory.update(40, [0xA5])
            }
            bench.port.observer = nil
            if outcomes.last != bench.card.main[40] { outcomes.append(bench.card.main[40]) }
            var others = bench.card.main
            others[40] = old[40]
            #expect(others == old)
            #expect(bench.card.isProtected.filter { $0 }.count == 2)
        }
        // Old, then erased, then new: a later step never restores an earlier value.
        #expect(outcomes == [40, 0xFF, 0xA5])
    }

    @Test func `a page is old erased or new and no other changes`() throws {
        let old = (0..<256).map { UInt8($0 & 0x7F) }
        func bench() throws -> (I2CMemoryCard, ContactPort, I2CReader) {
            let card = I2CMemoryCard(.at24c02, memory: old)
            let port = ContactPort()
            port.insert(card)
            return (card, port, try I2CReader(port, .at24c02))
        }
        let (_, port, reader) = try bench()
        let changes = try port.changes { try reader.write(16, [0x81, 0x82, 0x83]) }
        var outcomes = Set<[UInt8]>()
        for number in 1...changes {
            let (card, port, reader) = try bench()
            port.pullCard(atChange: number)
            do { try reader.write(16, [0x81, 0x82, 0x83]) } catch { #expect(error.code == .noAnswer) }
            outcomes.insert(Array(card.memory[16..<19]))
            #expect(Array(card.memory[..<16]) == Array(old[..<16]) && Array(card.memory[19...]) == Array(old[19...]))
        }
        #expect(outcomes == [[16, 17, 18], [0xFF, 0xFF, 0xFF], [0x81, 0x82, 0x83]])
    }
}
