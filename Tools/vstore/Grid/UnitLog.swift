import Grid
import GridTrunk
import Logging
import Synchronization
import ValueProtocol

/// What a unit's program shows while it runs: a line for each event, or a JSON document.
final class UnitLog: Sendable {
    private let logger: Logger
    /// Why the side above is not connected, as shown last: it is dialled again every few seconds.
    private let fault = Mutex<TrunkError?>(nil)

    /// - Parameters:
    ///   - console: where it is shown.
    ///   - level: events from this level on are.
    ///   - besideResult: whether events are beside a result: people see them on standard error.
    init(console: Console, level: Logger.Level = .info, besideResult: Bool = false) {
        var logger = Logger(label: "vstore") { _ in ConsoleLogHandler(console: console, isBeside: besideResult) }
        logger.logLevel = level
        self.logger = logger
    }

    func show(
        _ event: String, _ text: String, _ members: [String: JSONValue] = [:], level: Logger.Level = .info
    ) {
        var metadata: Logger.Metadata = members.mapValues { .stringConvertible($0) }
        metadata[ConsoleLogHandler.eventKey] = .string(event)
        logger.log(level: level, "\(text)", metadata: metadata)
    }

    func showListening(_ address: SocketAddress) {
        show("listening", "listening on \(address)", ["address": .text("\(address)")])
    }

    func show(_ event: TrunkServer.Event) {
        switch event {
        case .connected(let unit):
            UnitMetrics.connected(1)
            show("connected", "\(unit.kind) \(unit) is connected", ["unit": .text("\(unit)")])
        case .disconnected(let unit, let error):
            UnitMetrics.connected(-1)
            show(
                "disconnected", "\(unit.kind) \(unit) is gone" + (error.map { ": \(explained($0))" } ?? ""),
                ["unit": .text("\(unit)")], level: error == nil ? .info : .warning)
        case .refused(let peer, let error):
            show(
                "refused", "\(peer) was refused: \(explained(error))", ["peer": .text(peer), "error": .error(error)],
                level: .warning)
        case .credentials(let error):
            show("credentials", explained(error), ["error": .error(error)], level: .error)
        }
    }

    func show(_ event: TrunkClient.Event) {
        switch event {
        case .connected:
            fault.withLock { $0 = nil }
            show("connected", "connected upwards")
        case .newUpper: break
        case .disconnected(let error):
            let isKnown = fault.withLock { fault in
                defer { fault = error }
                return fault == error
            }
            guard !isKnown else { return }
            show(
                "disconnected", "not connected upwards: \(explained(error))", ["error": .error(error)],
                level: .warning)
        case .notKept(let error): show("exchanges", explained(error), ["error": .error(error)], level: .error)
        case .ended(let priority, let outcome): UnitMetrics.count(outcome, priority)
        }
    }

    func show(_ event: LocalUnitDriver.Event) {
        switch event {
        case .report(let report):
            if let content = report.content { UnitMetrics.record(content) }
            show("line", "\(report)", ["report": .text("\(report)")], level: report.level)
        case .lineLost(let error):
            show("line-lost", "the line is lost: \(explained(error))", ["error": .error(error)], level: .warning)
        case .lineBack: show("line-back", "the line is there")
        case .exchangesNotKept(let error): show("exchanges", explained(error), ["error": .error(error)], level: .error)
        case .listNotKept(let error): show("stations", explained(error), ["error": .error(error)], level: .error)
        }
    }

    func show(_ report: UnitReport, from unit: PartyID) {
        UnitMetrics.record(report.content)
        let text: String
        switch report.content {
        case .quiet(let meter, _): text = "meter \(meter) does not answer"
        case .back(let meter, _): text = "meter \(meter) answers again"
        case .quality(let quality): text = "\(LocalUnit.Report.quality(quality))"
        case .otherMeter(let expected, let found): text = "where \(expected) was asked, \(found) has answered"
        case .otherUnit(let other): text = "\(other.map { "unit \($0)" } ?? "another unit") speaks on the same line"
        case .attack(let attack): text = "the line is disturbed on purpose, it seems: \(attack.kind)"
        case .meters(let roster):
            text =
                roster.isComplete
                ? "has \(roster.present.count) meters"
                : (roster.present.map { "meter \($0) has joined" } + roster.gone.map { "meter \($0) is gone" })
                    .joined(separator: ", ")
        case .lost(let count): text = "\(count) reports were lost"
        }
        show(
            "report", "\(report.unit): \(text)", ["unit": .text("\(report.unit)"), "report": .text(text)],
            level: report.content.level)
    }
}

extension LocalUnit.Report {
    fileprivate var level: Logger.Level {
        switch self {
        case .joined, .back: .info
        case .quality: .debug
        case .quiet, .notListed, .twins, .lineFull, .otherUnit, .sessionsRefused, .impersonated, .disturbed: .warning
        }
    }
}

extension UnitReport.Content {
    fileprivate var level: Logger.Level {
        switch self {
        case .back, .meters: .info
        case .quality: .debug
        case .quiet, .otherMeter, .otherUnit, .attack, .lost: .warning
        }
    }
}
