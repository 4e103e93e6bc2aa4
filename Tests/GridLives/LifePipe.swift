import Grid
import PowerLine

/// The connection between two ends of a trunk, which loses, delays, doubles, spoils and reorders messages, and ends.
///
/// A transport would do nothing of this but lose, delay and end; the units at the ends might do all of it.
final class LifePipe {
    /// One end: the engine of a process that can die.
    final class Upper {
        var engine: TrunkUpper
        var isUp = true
        let limits: TrunkLimits
        init(_ limits: TrunkLimits, process: UInt64) {
            self.limits = limits
            engine = TrunkUpper(process: process, limits: limits)
        }
    }

    final class Lower {
        var engine: TrunkLower
        var isUp = true
        let limits: TrunkLimits
        init(_ limits: TrunkLimits, process: UInt64) {
            self.limits = limits
            engine = TrunkLower(process: process, limits: limits)
        }
    }

    /// Whose process dies at a message.
    enum Victim { case upper, lower }

    private struct Letter {
        var due: Duration
        let message: TrunkMessage
        var killsBefore: Victim?
        var killsAfter: Victim?
        /// It lets the next one pass.
        var isOvertaken = false
    }

    private struct Direction {
        var letters: [Letter] = []
        /// Nothing arrives any more.
        var isStalled = false
    }

    let upper: Upper
    let lower: Lower
    private let name: String
    private let chance: LifeChance
    private let delay: Duration
    private var up = Direction()
    private var down = Direction()
    private(set) var isConnected = false
    private var connectsAt = Duration.zero
    /// When a connection that is silent is given up.
    private var cutsAt: Duration?
    private var backoff = TrunkBackoff()
    /// Whether messages of this connection were doubled, changed or out of their order.
    private var isDisordered = false
    /// What an end said that it may not say.
    private(set) var violation: String?
    /// Exchanges whose command or response was changed on the way.
    private(set) var corrupted: Set<ExchangeID> = []

    init(_ name: String, _ upper: Upper, _ lower: Lower, _ chance: LifeChance) {
        (self.name, self.upper, self.lower, self.chance) = (name, upper, lower, chance)
        delay = chance.time(1...40)
    }

    /// When something happens next; nil while one of its ends is down.
    var wake: Duration? {
        guard isConnected else { return upper.isUp && lower.isUp ? connectsAt : nil }
        return [up.letters.first?.due, down.letters.first?.due, cutsAt].compactMap { $0 }.min()
    }

    /// Interrupts the connection; the lower end dials again after a pause.
    func cut(at now: Duration) {
        guard isConnected else { return }
        (isConnected, cutsAt, up, down) = (false, nil, Direction(), Direction())
        upper.engine.disconnected(at: now)
        lower.engine.disconnected(at: now)
        connectsAt = now + backoff.next(using: &chance.random)
        chance.trouble(until: connectsAt + .seconds(1))
        chance.note("\(name) is cut", at: now)
    }

    /// Connects, delivers and takes what is to be sent.
    ///
    /// - Returns: whether anything moved, and whose process dies now.
    func advance(to now: Duration) -> (hasMoved: Bool, victim: Victim?) {
        if cutsAt.map({ now >= $0 }) == true || !upper.isUp || !lower.isUp { cut(at: now) }
        if !isConnected {
            guard upper.isUp, lower.isUp, now >= connectsAt else { return (false, nil) }
            (isConnected, isDisordered) = (true, false)
            upper.engine.connected(at: now)
            lower.engine.connected(at: now)
        }
        var hasMoved = false
        while isConnected {
            if up.letters.count < 8, let message = lower.engine.dequeueMessage(at: now) {
                send(message, up: true, at: now)
            } else if down.letters.count < 8, let message = upper.engine.dequeueMessage(at: now) {
                send(message, up: false, at: now)
            } else if let letter = up.letters.first, letter.due <= now {
                up.letters.removeFirst()
                if let victim = deliver(letter, up: true, at: now) { return (true, victim) }
            } else if let letter = down.letters.first, letter.due <= now {
                down.letters.removeFirst()
                if let victim = deliver(letter, up: false, at: now) { return (true, victim) }
            } else {
                break
            }
            hasMoved = true
        }
        return (hasMoved, nil)
    }

    private func deliver(_ letter: Letter, up: Bool, at now: Duration) -> Victim? {
        if let victim = letter.killsBefore { return victim }
        chance.note("\(name): \(letter.message.name) arrives \(up ? "above" : "below")", at: now, letter.message.digest)
        do throws(TrunkError) {
            if up {
                try upper.engine.receive(letter.message, at: now)
            } else {
                try lower.engine.receive(letter.message, at: now)
            }
            if upper.engine.isOpen, lower.engine.isOpen { backoff.reset() }
        } catch {
            if !isDisordered { violation = "\(name): \(letter.message.name) was refused: \(error)" }
            cut(at: now)
        }
        if lower.engine.count > lower.limits.credit { violation = "\(name): more is held than credit was given" }
        return letter.killsAfter
    }

    // MARK: What happens to a message

    private func send(_ message: TrunkMessage, up isUp: Bool, at now: Duration) {
        let kind = FaultTable.TrunkMessageKind(message, up: isUp)
        chance.table.trunk.see(kind)
        let (sender, receiver) = isUp ? (Victim.lower, Victim.upper) : (.upper, .lower)
        var letter = Letter(due: now + delay, message: message)
        let fault = chance.fault(FaultTable.TrunkFault.self, weight: kind.weight)
        var direction = isUp ? up : down
        defer { if isConnected { if isUp { up = direction } else { down = direction } } }
        guard !direction.isStalled else { return }
        // Whoever is to be let past is put behind this one, if it is not another of its kind: reports have their order.
        let overtaken = direction.letters.last.flatMap { $0.isOvertaken && $0.message.name != message.name ? $0 : nil }
        if let overtaken {
            direction.letters.removeLast()
            letter.due = overtaken.due
            chance.table.trunk.hit(FaultTable.TrunkMessageKind(overtaken.message, up: isUp), .reordered)
        } else {
            letter.due = max(letter.due, direction.letters.last?.due ?? letter.due)
        }
        if let fault {
            if fault != .reordered { chance.table.trunk.hit(kind, fault) }
            if [.doubled, .corrupted, .reordered].contains(fault) { isDisordered = true }
            chance.trouble(until: now + .seconds(10))
        }
        switch fault {
        case .lost:
            direction.isStalled = true
            cutsAt = now + chance.time(1_000...5_000)
        case .doubled: direction.letters += [letter, letter]
        case .late:
            letter.due += chance.time(50...8_000)
            direction.letters.append(letter)
        case .corrupted:
            if let (changed, id) = message.corrupted(by: chance.number(0...1 << 20)) {
                corrupted.insert(id)
                direction.letters.append(Letter(due: letter.due, message: changed))
            } else {
                cut(at: now)
                return
            }
        case .reordered:
            letter.isOvertaken = true
            letter.due += .milliseconds(200)
            direction.letters.append(letter)
        case .cut:
            cut(at: now)
            return
        case .senderKilled:
            letter.killsAfter = sender
            direction.letters.append(letter)
        case .receiverKilled:
            letter.killsBefore = receiver
            direction.letters.append(letter)
        case .receiverKilledAfter:
            letter.killsAfter = receiver
            direction.letters.append(letter)
        case nil: direction.letters.append(letter)
        }
        if var overtaken {
            overtaken.isOvertaken = false
            direction.letters.append(overtaken)
        }
    }
}

extension TrunkMessage {
    /// The message with a bit of its first command or response inverted, and of which exchange; nil where it has none.
    fileprivate func corrupted(by bit: Int) -> (TrunkMessage, ExchangeID)? {
        func flipped(_ bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            bytes[bit / 8 % bytes.count] ^= 1 << UInt8(bit % 8)
            return bytes
        }
        switch self {
        case .exchanges(var exchanges):
            guard let index = exchanges.firstIndex(where: { !$0.command.isEmpty }) else { return nil }
            let old = exchanges[index]
            exchanges[index] = TrunkExchange(
                old.id, with: old.meter, old.device, old.priority, timeLeft: old.timeLeft,
                command: flipped(old.command))
            return (.exchanges(exchanges), old.id)
        case .answers(var answers):
            for (index, answer) in answers.enumerated() {
                guard case .answered(let response) = answer.outcome, !response.isEmpty else { continue }
                answers[index] = TrunkAnswer(answer.id, .answered(flipped(response)))
                return (.answers(answers), answer.id)
            }
            return nil
        default: return nil
        }
    }

    /// What makes it different from others, for the history.
    fileprivate var digest: [UInt8] {
        switch self {
        case .hello(let hello): withNumber(hello.process)
        case .exchanges(let all): all.flatMap { withNumber($0.id.number) + $0.command }
        case .cancel(let ids), .acknowledge(let ids), .accepted(let ids): ids.flatMap { withNumber($0.number) }
        case .acknowledgeReports(let number): withNumber(number)
        case .credit(let more): withNumber(UInt64(more))
        case .answers(let all):
            all.flatMap { answer in
                var bytes = withNumber(answer.id.number)
                switch answer.outcome {
                case .answered(let response): bytes += response
                case .notSent(let cause): bytes += [1, cause.rawValue]
                case .perhapsDone(let cause): bytes += [2, cause.rawValue]
                }
                return bytes
            }
        case .reports(let all): all.flatMap { withNumber($0.number) }
        }
    }

    private func withNumber(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * $0)) }
    }
}
