import CardCrypto
import ISO7816
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A card or meter under attack, and everything that an attacker controlling the line can do to it.
final class Victim {
    struct Answer: Equatable {
        let data: [UInt8]
        let status: StatusWord
    }

    let suite: CipherSuite
    let clock = StillClock(1000)
    let card: ValueCard
    let memory: any NonVolatileMemory
    let failure: FailureSwitch
    private let randomness = SeededRandomness(7)

    /// - Parameters:
    ///   - memory: holds an element.
    ///   - failure: of that memory.
    ///   - usage: what it has recorded.
    ///   - channelCount: of a meter.
    init(
        over memory: any NonVolatileMemory, _ failure: FailureSwitch, usage: any UsageLog = NullUsageLog(),
        channelCount: Int = 1
    ) throws {
        suite = try CipherSuite()
        (self.memory, self.failure) = (memory, failure)
        card = try ValueCard(
            memory,
            environment: ElementEnvironment(
                randomness: SeededRandomness(11), clock: clock, usage: usage,
                account: StillTotals(channelCount: channelCount)))
        try card.reset()
    }

    convenience init(_ records: [RecordName: [UInt8]], usage: any UsageLog = NullUsageLog()) throws {
        let failure = FailureSwitch()
        try self.init(over: VolatileMemory(records, failure: failure), failure, usage: usage)
    }

    convenience init(_ image: ElementImage, usage: any UsageLog = NullUsageLog()) throws {
        try self.init(ValueCard.records(image), usage: usage)
    }

    /// The image in its memory.
    var image: ElementImage { get throws { try ValueCard.images(in: memory).element } }
    var masterKey: MasterKeyImage { get throws { try #require(try ValueCard.images(in: memory).masterKey) } }
    /// The memory's records, for comparison.
    var records: [RecordName: [UInt8]] { get throws { try memory.load() } }

    @discardableResult
    func send(_ bytes: [UInt8]) throws -> Answer {
        let answer = try card.process(bytes)
        try #require(answer.count >= 2)
        return Answer(data: answer.dropLast(2), status: StatusWord(answer[answer.count - 2], answer[answer.count - 1]))
    }

    @discardableResult
    func send(_ cla: UInt8, _ ins: UInt8, _ p1: UInt8, _ p2: UInt8, _ data: [UInt8] = []) throws -> Answer {
        try send(try CommandAPDU(cla: cla, ins: ins, p1: p1, p2: p2, data: data).bytes)
    }

    @discardableResult
    func select(_ application: ElementApplication = .purse) throws -> StatusWord {
        try send(0x00, 0xA4, 0x04, 0x00, application.aid).status
    }

    /// A session by the holder of the key.
    func session(_ name: KeyName, key: Secret? = nil, pid: PartyID = World.host) throws -> Session {
        let opened = AuthoritySession(key: name, pid: pid, r1: try randomness.block())
        let answer = try send(0x80, 0x50, name.purpose.rawValue, name.version, opened.request)
        try #require(answer.status == .success, "INITIALIZE \(name)")
        return try Session(self, opened, answer.data, key ?? World.key(name))
    }

    /// The sum of all purses.
    var total: UInt64 { get throws { try image.purses.reduce(0) { $0 &+ $1.balance.rawValue } } }
}

/// The key holder's side.
struct Session {
    let victim: Victim
    private(set) var authority: AuthoritySession

    init(_ victim: Victim, _ opened: AuthoritySession, _ answer: [UInt8], _ key: Secret) throws {
        self.victim = victim
        authority = opened
        let eid = try victim.image.eid
        try authority.authenticate(answer[...], from: eid, key: key, victim.suite)
    }

    /// The result of an operation.
    struct Outcome {
        let word: StatusWord
        /// Nil if the status word is not 9000.
        let status: BusinessStatus?
        /// After status and EID.
        let answer: [UInt8]
    }

    /// The command that carries `plaintext`, without Le.
    mutating func command(_ op: OperationCode, _ plaintext: [UInt8]) throws -> [UInt8] {
        let seq = try #require(authority.seq)
        let sealed = try authority.seal(plaintext, op: op, victim.suite)
        return try CommandAPDU(cla: 0x80, ins: 0x52, p1: op.rawValue, p2: seq, data: sealed).bytes
    }

    mutating func execute(_ op: OperationCode, _ plaintext: [UInt8]) throws -> Outcome {
        let answer = try victim.send(try command(op, plaintext))
        return try outcome(answer)
    }

    mutating func outcome(_ answer: Victim.Answer) throws -> Outcome {
        guard answer.status == .success else { return Outcome(word: answer.status, status: nil, answer: []) }
        let c4 = try authority.unseal(answer.data[...], victim.suite)
        let status = try #require(BusinessStatus(rawValue: UInt16(c4[0]) << 8 | UInt16(c4[1])))
        return Outcome(word: .success, status: status, answer: Array(c4.dropFirst(10)))
    }

    mutating func execute(_ operation: some ElementOperation) throws -> Outcome {
        try execute(type(of: operation).code, operation.request)
    }

    /// The status alone.
    mutating func status(_ operation: some ElementOperation) throws -> BusinessStatus? {
        try execute(operation).status
    }
}

/// Of a meter that has used nothing.
private struct StillTotals: MeteredTotals {
    let totals = MeteredValue()
    let channelCount: Int
}
