import Grid
import GridTrunk
import Synchronization
import ValueProtocol

/// What a unit's program shows while it runs: a line for each event, or a JSON document.
final class UnitLog: Sendable {
    private let console: Console
    /// Whether events are beside a result: people see them on standard error.
    private let isBeside: Bool
    /// Why the side above is not connected, as shown last: it is dialled again every few seconds.
    private let fault = Mutex<TrunkError?>(nil)

    init(console: Console, besideResult: Bool = false) {
        self.console = console
        isBeside = besideResult
    }

    func show(_ event: String, _ text: String, _ members: [String: JSONValue] = [:]) {
        guard !isBeside else { return console.notice(text) }
        let rest = members.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        let document = JSONValue.object([(name: "event", value: .text(event))] + rest)
        console.output(document, [text])
    }

    func showListening(_ address: SocketAddress) {
        show("listening", "listening on \(address)", ["address": .text("\(address)")])
    }

    func show(_ event: TrunkServer.Event) {
        switch event {
        case .connected(let unit): show("connected", "\(unit.kind) \(unit) is connected", ["unit": .text("\(unit)")])
        case .disconnected(let unit, let error):
            show(
                "disconnected", "\(unit.kind) \(unit) is gone" + (error.map { ": \(explained($0))" } ?? ""),
                ["unit": .text("\(unit)")])
        case .refused(let peer, let error):
            show("refused", "\(peer) was refused: \(explained(error))", ["peer": .text(peer), "error": .error(error)])
        case .credentials(let error): show("credentials", explained(error), ["error": .error(error)])
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
            show("disconnected", "not connected upwards: \(explained(error))", ["error": .error(error)])
        }
    }

    func show(_ event: LocalUnitDriver.Event) {
        switch event {
        case .report(let report): show("line", "\(report)", ["report": .text("\(report)")])
        case .lineLost(let error): show("line-lost", "the line is lost: \(explained(error))", ["error": .error(error)])
        case .lineBack: show("line-back", "the line is there")
        case .listNotKept(let error): show("stations", explained(error), ["error": .error(error)])
        }
    }

    func show(_ report: UnitReport, from unit: PartyID) {
        let text: String
        switch report.content {
        case .quiet(let meter, _): text = "meter \(meter) does not answer"
        case .back(let meter, _): text = "meter \(meter) answers again"
        case .quality: return
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
        show("report", "\(report.unit): \(text)", ["unit": .text("\(report.unit)"), "report": .text(text)])
    }
}
