import CardCrypto
import HeadEnd
import ISO7816
import Records
import ValueProtocol

extension Story {
    /// A man in the middle alters, replays and forges commands; the card refuses them all.
    func attack() throws {
        narrator.begin("6. A tampered, a replayed and a forged command")
        try buy(6_000_000, for: .gas)
        let before = try client().balance(of: .gas, over: stage.subscriberCard).amount
        let recorded = try tamper()
        try replay(recorded)
        try forge()
        try stage.reinsertSubscriberCard()
        let after = try client().balance(of: .gas, over: stage.subscriberCard).amount
        try require(before == after, "no attack changed the purse, which held \(before) and holds \(after)")
        narrator.report("the gas purse is untouched: \(after) before and after")
    }

    /// One bit of an EXECUTE is flipped in transit.
    private func tamper() throws -> CommandAPDU {
        var recorded: CommandAPDU?
        var status: StatusWord?
        let channel = Interception(stage.subscriberCard) { (command, forward) throws(CardError) in
            guard command.isExecute(OperationCode.storeCredit.rawValue) else { return try forward(command) }
            recorded = command
            var bytes = command.bytes
            bytes[20] ^= 0x01
            let answer = try forward(Story.command(bytes))
            status = answer.status
            return answer
        }
        do {
            _ = try client().storeCredit(
                Amount(rawValue: 1_000_000), for: .gas, in: Cast.currency, over: channel, reference: "order C")
            throw StoryError("an altered command is refused")
        } catch let error as HostError where error.code == .inDoubt {
            narrator.report("tampered: the card answers \(status.map { "\($0)" } ?? "nothing"), the session is over")
        }
        try require(status == .verificationFailed, "an altered command is answered 6300")
        let found = try client().recover(over: stage.subscriberCard)
        narrator.report("the host finds out by STATUS: \(found.map { "\($0.state)" }.joined())")
        guard let recorded else { throw StoryError("an EXECUTE was sent") }
        return recorded
    }

    /// The EXECUTE exactly as the host sent it, in a new session.
    private func replay(_ recorded: CommandAPDU) throws {
        let channel = stage.subscriberCard
        try open(channel)
        let status = try channel.transmit(recorded).status
        narrator.report("replayed in another session: \(status)")
        try require(status != .success, "a replayed command is refused")
    }

    /// An EXECUTE from an attacker without a key.
    private func forge() throws {
        let channel = stage.subscriberCard
        try open(channel)
        let order = [UInt8](repeating: 0, count: 23) + (try SystemRandomness().block().bytes)
        let forged = try CommandAPDU(cla: 0x80, ins: 0x52, p1: 0x01, p2: 0x00, data: order, expectedLength: 256)
        let status = try channel.transmit(forged).status
        narrator.report("forged: \(status)")
        try require(status == .verificationFailed, "a forged command is answered 6300")
    }

    private func open(_ channel: any CardChannel) throws {
        _ = try ElementInfo.select(over: channel)
        var request: [UInt8] = []
        unsafe withUnsafeBytes(of: Cast.host.rawValue.bigEndian) { unsafe request += $0 }
        request += try SystemRandomness().block().bytes
        let initialize = try CommandAPDU(
            cla: 0x80, ins: 0x50, p1: Purpose.credit.rawValue, p2: 1, data: request, expectedLength: 256)
        try require(try channel.transmit(initialize).status == .success, "anybody may begin a session")
    }

    private static func command(_ bytes: [UInt8]) throws(CardError) -> CommandAPDU {
        do {
            return try CommandAPDU(bytes)
        } catch {
            throw CardError(.communication, subject: "the line", cause: error)
        }
    }
}
