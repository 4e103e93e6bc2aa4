import CardCrypto
import Foundation
import Grid
import GridSimulation
import ISO7816
import TestSupport
import ValueProtocol

/// A host's trunk to an area unit, its trunk to a local unit, and that unit's line, with the engines that programs run; and
/// everything that is there of them to be seen.
actor UnitChain: UnitTrunks, Trunk {
    static let area = PartyID(issuer: 0xA1, kind: .areaUnit, number: 1)

    /// A place where something of an exchange is left.
    enum Place: String, CaseIterable {
        /// What the units have in memory, at every step.
        case memory
        /// What the local unit has on its disk.
        case files
        /// What they write to their logs.
        case logs
        /// What goes over both trunks, within TLS.
        case trunks
        /// What goes over the line.
        case line
    }

    /// The element of the meter, which the chain alone uses.
    struct SharedElement: @unchecked Sendable {
        fileprivate let card: any IntegratedCircuitCard
        init(_ card: any IntegratedCircuitCard) { self.card = card }
    }

    private var host = TrunkUpper(process: 1)
    private var areaAbove = TrunkLower(process: 2)
    private var areaBelow = TrunkUpper(process: 3)
    private var unit: TrunkLower
    private var branch: SimulatedBranch
    private let file: ExchangeFile
    private let folder: TemporaryFolder
    private var number: UInt64 = 0
    /// Of the branch's reports, those that were passed on.
    private var reported = 0
    private var seen: [Place: [UInt8]] = [:]

    init(_ folder: TemporaryFolder, element: SharedElement) throws {
        self.folder = folder
        file = try ExchangeFile(at: folder.path + "/exchanges") { .zero }
        unit = TrunkLower(process: 4, kept: file.queue)
        branch = SimulatedBranch(
            bitRate: 9_600, meters: 1,
            element: { _, _, command in
                do { return try element.card.process(command) } catch { return nil }
            })
        branch.carried = []
        host.connected(at: .zero)
        areaAbove.connected(at: .zero)
        areaBelow.connected(at: .zero)
        unit.connected(at: .zero)
        _ = branch.run(until: .seconds(600)) { !$0.unit.isRegistering && $0.unit.list.count == 1 }
    }

    nonisolated func trunk(to unit: PartyID) -> any Trunk { self }
    var meter: PartyID { branch.meters[0].eid }

    /// What is there to be seen.
    func contents() throws -> [Place: [UInt8]] {
        var all = seen
        all[.line] = branch.carried ?? []
        all[.files] = Array(try String(contentsOfFile: file.path, encoding: .utf8).utf8) + (seen[.files] ?? [])
        return all
    }

    func exchange(
        with meter: PartyID, device: Exchange.Device, priority: Exchange.Priority, timeLimit: Duration,
        command: [UInt8]
    ) async -> ExchangeOutcome {
        number += 1
        let id = ExchangeID(origin: 1, number: number)
        host.exchange(
            Exchange(id, with: meter, device, priority, until: branch.now + timeLimit, command: command),
            at: branch.now)
        while true {
            do {
                try await settle()
            } catch {
                return .perhapsDone(.disconnected)
            }
            for answer in host.dequeueOutcomes() where answer.id == id { return answer.outcome }
            guard branch.run(until: branch.now + .seconds(60), { !$0.outcomes.isEmpty }) else { continue }
        }
    }

    /// Every message that is to be sent now, and every record that is to be written.
    private func settle() async throws {
        var isChanged = true
        while isChanged {
            isChanged = false
            let now = branch.now
            while let message = areaAbove.dequeueMessage(at: now) {
                note(message, .trunks)
                try host.receive(message, at: now)
                isChanged = true
            }
            while let message = host.dequeueMessage(at: now) {
                note(message, .trunks)
                try areaAbove.receive(message, at: now)
                isChanged = true
            }
            while let message = unit.dequeueMessage(at: now) {
                note(message, .trunks)
                try areaBelow.receive(message, at: now)
                isChanged = true
            }
            while let message = areaBelow.dequeueMessage(at: now) {
                note(message, .trunks)
                try unit.receive(message, at: now)
                isChanged = true
            }
            let records = unit.dequeueRecords()
            if !records.isEmpty {
                try await file.append(records)
                unit.recorded(at: now)
                seen[.files, default: []] += Array(try String(contentsOfFile: file.path, encoding: .utf8).utf8)
                isChanged = true
            }
            while let exchange = areaAbove.next(at: now) { areaBelow.exchange(exchange, at: now) }
            for answer in areaBelow.dequeueOutcomes() { areaAbove.finish(answer.id, answer.outcome) }
            while let exchange = unit.next(at: now) { branch.accept(exchange) }
            note([branch.unit, areaAbove, areaBelow, unit] as [Any], .memory)
            for (id, outcome, _) in branch.outcomes {
                unit.finish(id, outcome)
                // As the programs write of it.
                seen[.logs, default: []] += Array("\(id) \(Self.words(of: outcome))\n".utf8)
                isChanged = true
            }
            branch.outcomes = []
            for (report, _) in branch.reports.dropFirst(reported) {
                if let content = report.content {
                    unit.report(UnitReport(from: SimulatedBranch.unitID, at: now, content))
                }
                seen[.logs, default: []] += Array("\(report)\n".utf8)
                isChanged = true
            }
            reported = branch.reports.count
        }
    }

    private static func words(of outcome: ExchangeOutcome) -> String {
        switch outcome {
        case .answered: "answered"
        case .notSent(let cause): "not sent: \(cause)"
        case .perhapsDone(let cause): "perhaps done: \(cause)"
        }
    }

    /// Whatever is in a value, however deep.
    private func note(_ value: Any, _ place: Place) {
        var bytes = seen.removeValue(forKey: place) ?? []
        Self.collect(value, into: &bytes)
        seen[place] = bytes
    }

    private static func collect(_ value: Any, into bytes: inout [UInt8]) {
        switch value {
        case let found as [UInt8]: bytes += found + [0xFF]
        case let found as String: bytes += Array(found.utf8) + [0xFF]
        case let found as any FixedWidthInteger: bytes += Array(String(describing: found).utf8) + [0xFF]
        default: for child in Mirror(reflecting: value).children { collect(child.value, into: &bytes) }
        }
    }
}
