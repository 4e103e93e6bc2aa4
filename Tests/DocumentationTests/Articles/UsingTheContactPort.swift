import CardCrypto
import ContactInterface
import ISO7816
import Testing

@Suite struct UsingTheContactPortArticle {
    func kinds(_ port: ContactPort) throws {
        switch try port.detectCard() {
        case .asynchronous(let slot):
            print("speaks T=\(slot.parameters?.protocolNumber ?? 0), supplied with \(slot.port.levels.supply ?? .a)")
        case .twoWire(let memory, let answer):
            print("memory card \(answer), \(try memory.triesLeft()) tries of its code left")
        case .i2c:
            let memory = try I2CReader(port, .at24c02)
            print("I²C card, begins with", try memory.read(0, count: 8))
        }
    }

    @Test func `asynchronous cards`() throws {
        let port = ContactPort(name: "slot")
        let card = try AsynchronousCard(Counter())
        port.insert(card)

        let slot = try ContactSlot(port)
        let channel = EnvelopeChannel(GetResponseChannel(slot))
        let answer = try channel.transmit(try CommandAPDU([0x80, 0x14, 0x00, 0x00, 0x01]))
        try slot.reset(.cold)
        slot.deactivate()

        #expect(answer.bytes == [0x01, 0x90, 0x00])
        #expect(card.violations == [])
        port.insert(card)
        try kinds(port)
    }

    @Test func `wrong readers`() throws {
        let card = try AsynchronousCard(Counter())
        let port = ContactPort()
        port.insert(card)

        port.force(supply: .b)
        port.startClock(kilohertz: 4_000)
        port.force(.io, .high)
        print(card.violations)  // [the clock began before I/O was in reception]

        #expect(card.violations == [.clockBeforeReception])
    }

    @Test func `synchronous cards`() throws {
        let port = ContactPort()
        port.insert(TwoWireCard(code: Secret(copying: [0xFF, 0xFF, 0xFF])))
        let memory = try TwoWireReader(port)

        try memory.present(Secret(copying: [0xFF, 0xFF, 0xFF]))
        try memory.update(64, Array("hello".utf8))
        try memory.protect(0, [0xA2, 0x13, 0x10, 0x91], .protect)

        #expect(try memory.readProtection().filter { $0 }.count == 4)
        try kinds(port)
        port.insert(I2CMemoryCard(.at24c02))
        try kinds(port)
    }

    @Test func `pulled cards`() throws {
        let port = ContactPort()
        port.insert(try AsynchronousCard(Counter()))
        let slot = try ContactSlot(port)
        _ = port.dequeuePresences()

        // The logic analyser pulls the card out at the fiftieth change of a contact.
        var changes = 0
        port.observer = { [unowned port] contact, level, nanoseconds in
            changes += 1
            if changes == 50 { port.remove() }
        }
        #expect(throws: CardError(.cardRemoved, subject: "")) {
            try slot.transmit(try CommandAPDU([0x80, 0x14, 0x00, 0x00, 0x01]))
        }
        for presence in port.dequeuePresences() {
            switch presence {
            case .inserted(let time): print("in at", time.nanoseconds)
            case .removed(let time): print("out at", time.nanoseconds)
            }
        }

        #expect(!port.isCardPresent)
    }

    @Test func `behind a reader`() throws {
        let port = ContactPort()
        port.insert(TwoWireCard(code: Secret(copying: [0xFF, 0xFF, 0xFF])))

        let reader = try InProcessChannel(try MemoryCardReader(port))
        let memory = try RemoteMemoryCard(over: reader)
        #expect(try memory.triesLeft() == 3)
    }
}
