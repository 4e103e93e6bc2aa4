import CardCrypto
import CardIOTesting
import ContactInterface
import ISO7816
import Testing

/// One port for every kind of card.
@Suite struct CardDetectionTests {
    @Test(arguments: [0, 1] as [UInt8]) func `an asynchronous card is seen`(protocolNumber: UInt8) throws {
        let answer = try AsynchronousPortTests.answer { $0 = AnswerToReset.Builder(protocols: [protocolNumber]) }
        let port = AsynchronousPortTests.port(try AsynchronousPortTests.card(answer))
        guard case .asynchronous(let slot) = try port.detectCard() else {
            Issue.record("not seen")
            return
        }
        #expect(try GetResponseChannel(slot).transmit(CommandAPDU([0x80, 0x12, 0x90, 0x00])).status == .success)
    }

    @Test func `a two-wire card is seen and not touched`() throws {
        let bench = TwoWireBench(errorCounter: 0b001)
        let before = bench.card.main
        guard case .twoWire(let reader, let answer) = try bench.port.detectCard() else {
            Issue.record("not seen")
            return
        }
        #expect(answer == TwoWireCard.factoryBytes)
        #expect(bench.card.errorCounter == 0b001 && bench.card.main == before)
        #expect(!bench.card.isProtected.contains(true))
        #expect(try reader.readMain(0, count: 4) == answer)
    }

    @Test(arguments: I2CMemoryKind.all) func `an I2C memory is seen and not touched`(kind: I2CMemoryKind) throws {
        let bytes = (0..<kind.capacity).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let card = I2CMemoryCard(kind, memory: bytes)
        let port = AsynchronousPortTests.port(card)
        guard case .i2c = try port.detectCard() else {
            Issue.record("not seen")
            return
        }
        #expect(card.memory == bytes)
        #expect(try I2CReader(port, kind).read(3, count: 4) == Array(bytes[3..<7]))
    }

    @Test func `what is none is reported apart`() throws {
        #expect(throws: CardError(.noCard, subject: "")) { try ContactPort().detectCard() }
        let other = TwoWireCard(main: [0x92, 0x23], code: Secret(copying: [1, 2, 3]))
        let port = AsynchronousPortTests.port(other)
        #expect(throws: CardError(.unsupported, subject: "")) { try port.detectCard() }
        #expect(!port.levels.isPowered)
        port.insert(DeadCard())
        #expect(throws: CardError(.cardUnresponsive, subject: "")) { try port.detectCard() }
        #expect(!port.levels.isPowered)
        // A card that answers to reset but cannot be used is not a synchronous card.
        let t14 = try AsynchronousPortTests.card([0x3B, 0x80, 0x0E, 0x8E])
        port.insert(t14)
        #expect(throws: CardError(.protocolMismatch, subject: "")) { try port.detectCard() }
    }

    /// Cards of all kinds one after the other in one port, pulled without deactivation.
    @Test func `one port takes all kinds`() throws {
        let port = ContactPort()
        let (asynchronous, twoWire) = (try AsynchronousPortTests.card(), TwoWireBench().card)
        for _ in 0..<2 {
            for card in [asynchronous, twoWire, I2CMemoryCard(.at24c16)] as [any ContactCard] {
                port.insert(card)
                switch try port.detectCard() {
                case .asynchronous: #expect(card is AsynchronousCard)
                case .twoWire: #expect(card is TwoWireCard)
                case .i2c: #expect(card is I2CMemoryCard)
                }
            }
        }
        #expect(asynchronous.violations == [])
    }

    private final class DeadCard: ContactCard {
        var pullsLow: Bool { false }
        func contactsChanged(from old: ContactLevels, to new: ContactLevels, at time: ContactTime) {}
    }
}
