import Testing
import ValueProtocol

/// ACCOUNT's answer in bytes, from an independent implementation of the protocol.
@Suite struct MeterAccountBytesTests {
    private static let told = hexBytes(
        "00000000004C4B40000000000001E24000000000001E8480000000000496ED40000000000000000B00000000000010E10211000002")

    private static func hexBytes(_ text: String) -> [UInt8] {
        let digits = Array(text.utf8).map { $0 > 0x39 ? $0 - 55 : $0 - 48 }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    private func parsed(_ bytes: [UInt8]) -> MeterAccount? {
        var reader = ByteReader(bytes.span)
        let account = AskAccount.answer(from: &reader)
        return reader.isFinished ? account : nil
    }

    @Test func `the answer is parsed and written`() throws {
        let account = try #require(parsed(Self.told))
        #expect(account.balance.rawValue == 5_000_000 && account.inUse.rawValue == 123_456)
        #expect(account.debt.rawValue == 2_000_000 && account.spent.rawValue == 77_000_000)
        #expect(account.forfeited.rawValue == 11 && account.paid.rawValue == 4_321)
        #expect(account.tableInForce == 529 && account.nextTable == 0 && account.supply == .emergencyCredit)
        #expect(account.value.rawValue == 5_123_456)
        var bytes: [UInt8] = []
        account.append(to: &bytes)
        #expect(bytes == Self.told)
        #expect(AskAccount(service: .electricity).request == [0x01])
    }

    @Test func `a supply that is none is no answer`() {
        #expect(parsed(Self.told.dropLast() + [7]) == nil)
        #expect(parsed(Self.told + [0]) == nil && parsed(Self.told.dropLast()) == nil)
        #expect(AskAccount([]) == nil && AskAccount([1, 1]) == nil)
    }
}
