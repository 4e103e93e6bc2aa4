internal import Foundation
internal import Grid
internal import ValueProtocol

// Messages of a trunk as trunk.proto has them. What has no meaning there is malformed; what is out of turn, the engines find.

extension TrunkMessage {
    init(_ wire: Valuestore_Trunk_V1_FromLower) throws(TrunkError) {
        switch wire.message {
        case .hello(let hello): self = .hello(TrunkHello(hello))
        case .credit(let credit): self = .credit(credit.exchanges)
        case .accepted(let accepted): self = .accepted(try accepted.ids.map(ExchangeID.init(wire:)))
        case .answers(let answers):
            self = .answers(try answers.answers.map { answer throws(TrunkError) in try TrunkAnswer(wire: answer) })
        case .reports(let reports):
            self = .reports(try reports.reports.map { report throws(TrunkError) in try TrunkReport(wire: report) })
        case nil: throw TrunkError(.malformed, "a message without content")
        }
    }

    init(_ wire: Valuestore_Trunk_V1_FromUpper) throws(TrunkError) {
        switch wire.message {
        case .hello(let hello): self = .hello(TrunkHello(hello))
        case .exchanges(let exchanges):
            self = .exchanges(try exchanges.exchanges.map { item throws(TrunkError) in try TrunkExchange(wire: item) })
        case .cancel(let cancel): self = .cancel(try cancel.ids.map(ExchangeID.init(wire:)))
        case .acknowledge(let acknowledge): self = .acknowledge(try acknowledge.ids.map(ExchangeID.init(wire:)))
        case .acknowledgeReports(let reports): self = .acknowledgeReports(reports.number)
        case nil: throw TrunkError(.malformed, "a message without content")
        }
    }

    /// As the lower side sends it; nil for a message that it does not send.
    var fromLower: Valuestore_Trunk_V1_FromLower? {
        var wire = Valuestore_Trunk_V1_FromLower()
        switch self {
        case .hello(let hello): wire.hello = hello.wire
        case .credit(let count): wire.credit.exchanges = count
        case .accepted(let ids): wire.accepted.ids = ids.map(\.wire)
        case .answers(let answers): wire.answers.answers = answers.map(\.wire)
        case .reports(let reports): wire.reports.reports = reports.map(\.wire)
        case .exchanges, .cancel, .acknowledge, .acknowledgeReports: return nil
        }
        return wire
    }

    /// As the upper side sends it; nil for a message that it does not send.
    var fromUpper: Valuestore_Trunk_V1_FromUpper? {
        var wire = Valuestore_Trunk_V1_FromUpper()
        switch self {
        case .hello(let hello): wire.hello = hello.wire
        case .exchanges(let exchanges): wire.exchanges.exchanges = exchanges.map(\.wire)
        case .cancel(let ids): wire.cancel.ids = ids.map(\.wire)
        case .acknowledge(let ids): wire.acknowledge.ids = ids.map(\.wire)
        case .acknowledgeReports(let number): wire.acknowledgeReports.number = number
        case .credit, .accepted, .answers, .reports: return nil
        }
        return wire
    }
}

extension TrunkHello {
    init(_ wire: Valuestore_Trunk_V1_Hello) {
        self.init(
            version: wire.version, process: wire.process, maxItems: Int(wire.maxItems), maxBytes: Int(wire.maxBytes),
            queue: wire.queue)
    }

    var wire: Valuestore_Trunk_V1_Hello {
        var wire = Valuestore_Trunk_V1_Hello()
        wire.version = version
        wire.process = process
        wire.maxItems = UInt32(clamping: maxItems)
        wire.maxBytes = UInt32(clamping: maxBytes)
        wire.queue = queue
        return wire
    }
}

extension ExchangeID {
    init(wire: Valuestore_Trunk_V1_ExchangeId) throws(TrunkError) {
        guard wire.origin != 0, wire.number != 0 else { throw TrunkError(.malformed, "the id of an exchange") }
        self.init(origin: wire.origin, number: wire.number)
    }

    var wire: Valuestore_Trunk_V1_ExchangeId {
        var wire = Valuestore_Trunk_V1_ExchangeId()
        wire.origin = origin
        wire.number = number
        return wire
    }
}

extension TrunkExchange {
    init(wire: Valuestore_Trunk_V1_Exchange) throws(TrunkError) {
        let id = try ExchangeID(wire: wire.id)
        guard let device = UInt8(exactly: wire.device.rawValue).flatMap(Exchange.Device.init(rawValue:)),
            let priority = UInt8(exactly: wire.priority.rawValue).flatMap(Exchange.Priority.init(rawValue:))
        else { throw TrunkError(.malformed, "exchange \(id)") }
        self.init(
            id, with: PartyID(rawValue: wire.meter), device, priority, timeLeft: .milliseconds(wire.timeLeftMs),
            command: Array(wire.command))
    }

    var wire: Valuestore_Trunk_V1_Exchange {
        var wire = Valuestore_Trunk_V1_Exchange()
        wire.id = id.wire
        wire.meter = meter.rawValue
        wire.device = device == .element ? .element : .cardSlot
        wire.priority =
            switch priority {
            case .load: .load
            case .recovery: .recovery
            case .reading: .reading
            }
        wire.timeLeftMs = UInt32(clamping: timeLeft.milliseconds)
        wire.command = Data(command)
        return wire
    }
}

extension TrunkAnswer {
    init(wire: Valuestore_Trunk_V1_Answer) throws(TrunkError) {
        let id = try ExchangeID(wire: wire.id)
        func cause(_ cause: Valuestore_Trunk_V1_Cause) throws(TrunkError) -> ExchangeOutcome.Cause {
            guard let found = UInt8(exactly: cause.rawValue).flatMap(ExchangeOutcome.Cause.init(rawValue:)) else {
                throw TrunkError(.malformed, "the answer of \(id)")
            }
            return found
        }
        switch wire.outcome {
        case .answered(let response):
            guard response.count <= TrunkHello.minBytes else { throw TrunkError(.tooLarge, "the answer of \(id)") }
            self.init(id, .answered(Array(response)))
        case .notSent(let why): self.init(id, .notSent(try cause(why)))
        case .perhapsDone(let why): self.init(id, .perhapsDone(try cause(why)))
        case nil: throw TrunkError(.malformed, "the answer of \(id)")
        }
    }

    var wire: Valuestore_Trunk_V1_Answer {
        var wire = Valuestore_Trunk_V1_Answer()
        wire.id = id.wire
        switch outcome {
        case .answered(let response): wire.answered = Data(response)
        case .notSent(let cause): wire.notSent = cause.wire
        case .perhapsDone(let cause): wire.perhapsDone = cause.wire
        }
        return wire
    }
}

extension ExchangeOutcome.Cause {
    var wire: Valuestore_Trunk_V1_Cause {
        switch self {
        case .silent: .silent
        case .unknownMeter: .unknownMeter
        case .noCard: .noCard
        case .late: .late
        case .full: .full
        case .disconnected: .disconnected
        case .restarted: .restarted
        case .cancelled: .cancelled
        case .sessions: .sessions
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded down; at most those of an `Int64`.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        return product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000).partialValue
    }
}
