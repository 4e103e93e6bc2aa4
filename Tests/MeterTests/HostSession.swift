import CardCrypto
import ISO7816
import Testing
import ValueElement
import ValueProtocol

/// A session of the host with an element, over the element's own port.
struct HostSession {
    static let host = PartyID(issuer: 0x00A1_B2C3, kind: .host, number: 1)
    private let element: any IntegratedCircuitCard
    private let suite: CipherSuite
    private var session: AuthoritySession
    private var seq: UInt8 = 0

    /// - Parameters:
    ///   - element: powered.
    ///   - eid: its identifier.
    ///   - name: of the session's key.
    ///   - key: the element's.
    init(_ element: any IntegratedCircuitCard, _ eid: PartyID, _ name: KeyName, key: Secret) throws {
        self.element = element
        suite = try CipherSuite()
        session = AuthoritySession(key: name, pid: Self.host, r1: try SystemRandomness().block())
        let answer = try element.process(
            [0x80, 0x50, name.purpose.rawValue, name.version, 24] + session.request + [0])
        try #require(answer.suffix(2) == [0x90, 0])
        try session.authenticate(answer.dropLast(2), from: eid, key: key, suite)
    }

    /// EXECUTE.
    ///
    /// - Returns: the plaintext C4.
    mutating func execute(_ op: OperationCode, _ c3: [UInt8]) throws -> [UInt8] {
        let sealed = try session.seal(c3, op: op, suite)
        let answer = try element.process([0x80, 0x52, op.rawValue, seq, UInt8(sealed.count)] + sealed + [0])
        seq += 1
        return try session.unseal(answer.dropLast(2), suite)
    }

    /// All pages of a series.
    mutating func pages(_ series: UsageSeries) throws -> [[UInt8]] {
        var pages: [[UInt8]] = []
        var cursor: UInt16 = 0
        while cursor != ReadUsage.end {
            let order = ReadUsage(
                time: Timestamp(rawValue: 0), series: series, from: Timestamp(rawValue: 0),
                to: Timestamp(rawValue: .max), cursor: cursor)
            let c4 = try execute(.readUsage, order.request)
            #expect(c4.prefix(2) == [0, 0] && c4.count + 16 <= 255)
            cursor = UInt16(c4[14]) << 8 | UInt16(c4[15])
            pages.append(Array(c4.dropFirst(16)))
        }
        return pages
    }
}
