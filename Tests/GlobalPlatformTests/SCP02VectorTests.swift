import CardCrypto
import GlobalPlatform
import ISO7816
import TestSupport
import Testing

/// SCP02 vectors of pySim: osmocom/pysim, tests/unittests/test_globalplatform.py, SCP02_Auth_Test and SCP02_Test.
@Suite struct SCP02VectorTests {
    static func keys() throws -> KeySet {
        try KeySet(
            .tripleDES, encryption: Secret(copying: hex("100102030405060708090a0b0c0d0e0f")),
            mac: Secret(copying: hex("101102030405060708090a0b0c0d0e0f")),
            dataEncryption: Secret(copying: hex("102102030405060708090a0b0c0d0e0f")))
    }

    static let initialize = "805020000840A62C37FA6304F800"
    static let opening = "00000000000000000000700200016B4524ABEE7CF32EA3838BC148F3"

    @Test func `a signed session`() throws {
        let recorded = RecordedCard([
            (Self.initialize, Self.opening + "9000"),
            ("8482010010BA6961667737C5BCEBECE14C7D6A4376", "9000"),
            ("84F220020814DB34FA4341DCA8", "9000"), ("84CA00660855ED7C5FF069512B00", "9000"),
            ("84F22002124F0212345C054F9F70C58FC1B380C4228AF8", "9000"),
            ("84F280020A4F003B95F09317DE6A4E00", "9000"),
        ])
        // The card answered for another key version (70) than requested (20), which our host does not accept.
        #expect(throws: GlobalPlatformError(.malformedAnswer, "")) {
            try RecordedCard([(Self.initialize, Self.opening + "9000")]).openSecureChannel(
                Self.keys(), version: 0x20, level: .commandMAC, hostChallenge: hex("40A62C37FA6304F8"))
        }
        let asked = Renaming(recorded)
        let channel = try asked.openSecureChannel(
            Self.keys(), version: 0x70, level: .commandMAC, hostChallenge: hex("40A62C37FA6304F8"))
        for text in ["80F22002", "80ca006600", "80F220020a4f0212345c054f9f70c5", "80f28002024f0000"] {
            #expect(try channel.transmit(CommandAPDU(hex(text))).status == .success)
        }
        #expect(recorded.isAtEnd)
    }

    @Test func `a card with other keys gets no cryptogram`() throws {
        let recorded = RecordedCard([(Self.initialize, String(Self.opening.dropLast(2)) + "FF9000")])
        #expect(throws: GlobalPlatformError(.wrongKeys, "")) {
            try Renaming(recorded).openSecureChannel(
                Self.keys(), version: 0x70, level: .commandMAC, hostChallenge: hex("40A62C37FA6304F8"))
        }
        #expect(recorded.isAtEnd)
    }

    /// Replaces key version 70 by 20 in the request.
    struct Renaming: CardChannel {
        let card: RecordedCard

        init(_ card: RecordedCard) { self.card = card }

        func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
            guard command.ins == 0x50 else { return try card.transmit(command) }
            var bytes = command.bytes
            bytes[2] = 0x20
            let changed: CommandAPDU
            do throws(APDUError) {
                changed = try CommandAPDU(bytes)
            } catch {
                throw CardError(.malformedAnswer, subject: "recording")
            }
            return try card.transmit(changed)
        }
    }
}
