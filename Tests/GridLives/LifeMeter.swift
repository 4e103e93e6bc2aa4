import CardCrypto
import HeadEnd
import ISO7816
import ValueElement
import ValueProtocol

/// One meter: its element over a memory whose power can be cut, and the truth about it, which nobody in the tree knows.
final class LifeMeter {
    static let currency = Currency(rawValue: 978)
    static let limit = Amount(rawValue: 1_000_000_000)

    let eid: PartyID
    /// In its branch.
    let index: Int
    let clock = LifeClock()
    let usage: LifeUsage
    private let power = FailureSwitch()
    private let memory: VolatileMemory
    private let card: ValueCard
    private let chance: LifeChance
    /// Whether power failed in the command that it carried out last.
    private(set) var hasFailed = false
    private(set) var truth = Truth()

    /// What its memory shows, and what it heard and said.
    struct Truth {
        /// Every transaction that it ever applied, ascending.
        var applied: [AppliedTransaction] = []
        /// What it used of its value, in micro-units.
        var spent: Int64 = 0
        /// Commands that are unlike any other, as it received them: how often, and what it answered to each.
        var received: Set<[UInt8]> = []
        var answers: [[UInt8]: Set<[UInt8]>] = [:]
        /// What was ended as not sent: it must never come.
        var forbidden: Set<[UInt8]> = []
        /// The number of the last session that it answered.
        var lastSession: UInt32 = 0
        /// What cannot be true.
        var violation: String?
    }

    init(
        _ eid: PartyID, index: Int, keys: HostKeys, _ suite: CipherSuite, _ chance: LifeChance, seed: UInt64
    ) throws {
        self.eid = eid
        self.index = index
        self.chance = chance
        usage = LifeUsage(of: eid)
        var image = ElementImage(blank: eid, transportKey: nil)
        image.state = .issued
        for purpose in Purpose.allCases {
            let name = KeyName(purpose, 1)
            guard let key = keys.elementKey(name, of: eid, suite) else { continue }
            image.put(StoredKey(name: name, key: key))
        }
        image.put(Purse(service: .electricity, currency: Self.currency, limit: Self.limit))
        memory = VolatileMemory(ValueCard.records(image), failure: power)
        card = try ValueCard(
            memory, name: "\(eid)",
            environment: ElementEnvironment(randomness: LifeRandomness(seed: seed), clock: clock, usage: usage))
        try card.reset()
    }

    /// Its power returns.
    func powerUp() throws {
        hasFailed = false
        try card.reset()
    }

    // MARK: Commands

    /// Carries a command out.
    ///
    /// - Returns: its answer; nil if there is none.
    func process(_ command: [UInt8]) -> [UInt8]? {
        hasFailed = false
        let kind = FaultTable.CommandKind(command)
        if let kind { chance.table.commands.see(kind) }
        if kind != .select {
            truth.received.insert(command)
            if truth.forbidden.contains(command) {
                truth.violation = "\(eid) received \(kind?.rawValue ?? "?") after it was ended as not sent"
            }
        }
        let fault = kind.flatMap { chance.fault(LocalFault.self, weight: $0.weight) }
        switch fault {
        case .powerBefore:
            count(kind, .powerBefore)
            hasFailed = true
            return nil
        case .powerAfter:
            _ = carryOut(command, kind)
            count(kind, .powerAfter)
            hasFailed = true
            return nil
        case .unanswered:
            _ = carryOut(command, kind)
            if !hasFailed { count(kind, .unanswered) }
            return nil
        case .doubled:
            _ = carryOut(command, kind)
            guard !hasFailed else { return nil }
            count(kind, .doubled)
            return carryOut(command, kind)
        case nil: return carryOut(command, kind)
        }
    }

    /// What can happen at the element.
    private enum LocalFault: CaseIterable { case powerBefore, powerAfter, unanswered, doubled }

    private func count(_ kind: FaultTable.CommandKind?, _ fault: FaultTable.CommandFault) {
        if let kind { chance.table.commands.hit(kind, fault) }
    }

    private func carryOut(_ command: [UInt8], _ kind: FaultTable.CommandKind?) -> [UInt8]? {
        let cut = kind?.write.flatMap { write in
            chance.fault(FaultTable.WriteFault.self, weight: 3).map { (write, $0) }
        }
        if let (_, fault) = cut { power.cutPower(atWrite: 1, keeping: fault.portion) }
        let writes = cut == nil ? power.writes : 0
        let response: [UInt8]?
        do throws(CardError) {
            response = try card.process(command)
        } catch {
            response = nil
        }
        let (hasWritten, isOff) = (power.writes != writes, power.isOff)
        power.restorePower()
        if hasWritten, let kind = kind?.write { chance.table.writes.see(kind) }
        if isOff {
            hasFailed = true
            if let (kind, fault) = cut { chance.table.writes.hit(kind, fault) }
        }
        if hasWritten { lookAtMemory() }
        guard !hasFailed, let response else { return nil }
        if kind == .initialize, response.count == 46 { checkNumber(of: response) }
        truth.answers[command, default: []].insert(response)
        return response
    }

    // MARK: The truth

    /// No two sessions have one number, whatever power does.
    private func checkNumber(of response: [UInt8]) {
        let number = response[8..<12].reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        if number <= truth.lastSession {
            truth.violation = "\(eid) begins session \(number) after \(truth.lastSession)"
        }
        truth.lastSession = number
    }

    /// Somebody is told that a command was not sent.
    ///
    /// - Parameter who: is told.
    func forbid(_ command: [UInt8], _ who: String) {
        guard let kind = FaultTable.CommandKind(command), kind != .select else { return }
        truth.forbidden.insert(command)
        guard truth.received.contains(command) else { return }
        truth.violation = "\(who) is told not sent of \(kind.rawValue), which \(eid) received"
    }

    /// Uses some of its value, as metering does.
    func spend(_ amount: Int64) throws {
        guard let element = card.element, var purse = element.image.purse(.electricity),
            let rest = purse.balance.subtracting(Amount(rawValue: UInt64(amount)))
        else { return }
        purse.balance = rest
        truth.spent += amount
        try element.update { $0.put(purse) }
        lookAtMemory()
    }

    /// What its memory holds, in micro-units.
    private(set) var balance: Int64 = 0

    /// Takes what its memory shows: each transaction once, and the balance that they make.
    private func lookAtMemory() {
        let image: ElementImage
        do {
            image = try ValueCard.images(in: memory).element
        } catch {
            truth.violation = "\(eid): its memory cannot be read: \(error)"
            return
        }
        let highest = truth.applied.last?.htxn ?? .none
        truth.applied += image.kept.filter { $0.htxn > highest }
        balance = Int64(image.purse(.electricity)?.balance.rawValue ?? 0)
        let made = truth.applied.reduce(0) { $0 + $1.effect } - truth.spent
        if made != balance { truth.violation = "\(eid): it holds \(balance), and its transactions make \(made)" }
        for kept in image.kept where !truth.applied.contains(kept) {
            truth.violation = "\(eid): \(kept.htxn) was changed in its memory"
        }
    }
}

extension FaultTable.WriteFault {
    fileprivate var portion: FailureSwitch.Portion {
        switch self {
        case .nothing: .nothing
        case .half: .half
        case .everything: .everything
        }
    }
}

extension AppliedTransaction {
    /// What it adds to the value in its meter, in micro-units.
    var effect: Int64 {
        switch op {
        case .storeCredit: Int64(amount.rawValue)
        case .refund: -Int64(amount.rawValue)
        default: 0
        }
    }
}

/// A meter's clock, which a host sets.
final class LifeClock: ElementClock {
    /// The true time.
    var time = Timestamp(rawValue: 0)
    private var offset: Int64 = 0
    var now: Timestamp { Timestamp(rawValue: UInt32(clamping: Int64(time.rawValue) + offset)) }
    func set(to new: Timestamp) { offset = Int64(new.rawValue) - Int64(time.rawValue) }
}

/// The hours of a meter, each with a quantity that follows from the meter and the hour.
final class LifeUsage: UsageLog {
    private let number: UInt32
    /// The first hour, and the true time.
    var begins: UInt32 = 0
    var time: UInt32 = 0

    init(of eid: PartyID) { number = eid.number }

    func record(_ start: UInt32) -> UsageRecord {
        let quantity = (start / 3_600 &* 2_654_435_761 ^ number) % 5_000
        return UsageRecord(
            start: Timestamp(rawValue: start), quantity: quantity, spent: Amount(rawValue: UInt64(quantity) * 300))
    }

    /// The hours that are over at a time.
    func hours(before time: UInt32) -> [UsageRecord] {
        stride(from: begins, through: time, by: 3_600).filter { $0 + 3_600 <= time }.map(record)
    }

    func records(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [[UInt8]] {
        guard series == .hours else { return [] }
        return hours(before: time).filter { (from...max(from, to)).contains($0.start) }.map(\.bytes)
    }
}
