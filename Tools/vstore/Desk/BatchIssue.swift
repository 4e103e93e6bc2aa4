import CardIO
import DurableFiles
import HeadEnd
import ISO7816
import Issuing
import ValueElement
import ValueProtocol

/// Issues the cards that a CSV file orders.
struct BatchIssue {
    let host: HostContext
    let common: ProgramOptions
    let authority: AuthorityOptions
    /// The file of the order.
    let order: String
    /// The file of the results.
    let results: String
    let isConfirmed: Bool

    func run(_ card: CardOptions) async throws {
        let console = common.console
        let made = try order(try TextFile.read(order))
        let keys = try await authority.masterKeys(host, common)
        let stations = try await self.stations(card)
        console.notice(
            "\(made.rows.count) \(made.rows.count == 1 ? "card" : "cards") from \(order), at \(stations.map(\.name).joined(separator: ", "))"
        )
        for key in keys { console.notice("key \(key)") }
        try Confirmation.ask("Issue them?", isGiven: isConfirmed)
        try await authority.withAuthority(host, common) { authority in
            let desk = IssuingDesk(authority: authority, journal: try host.openJournal(), clock: host.clock)
            nonisolated(unsafe) let run = try BatchRun(
                made, by: desk, held: keys, results: try BatchResults(path: results))
            try await work(IssuingBatch(run), at: stations)
        }
    }

    private func order(_ text: String) throws -> BatchOrder {
        do throws(CSVError) {
            return try BatchOrder(csv: text)
        } catch {
            throw Failure(.file, "\(order), \(explained(error))")
        }
    }

    private func work(_ batch: IssuingBatch, at stations: [any CardStation]) async throws {
        let (console, bar) = (common.console, ProgressBar(shouldContinue: !common.json))
        bar.show(batch.progress.issued, of: batch.progress.total)
        let outcome: Result<Void, any Error> = await Interruption.during {
            do {
                try await batch.issue(at: stations) { report in
                    bar.clear()
                    console.show(report)
                    bar.show(report.progress.issued, of: report.progress.total)
                }
                return .success(())
            } catch {
                return .failure(error)
            }
        } whenInterrupted: {
            batch.stop()
        }
        bar.clear()
        try outcome.get()
        let progress = batch.progress
        console.output(
            [
                "issued": .number(progress.issued), "total": .number(progress.total),
                "failed": .number(progress.failed), "results": .text(results),
            ], ["\(progress.issued) of \(progress.total) are issued; the results are in \(results)."])
        if progress.left > 0 {
            throw Failure(
                progress.failed > 0 ? .refused : .unreachable,
                "\(results): \(progress.left) of \(progress.total) are left, for lack of usable cards. Use others, and "
                    + "continue with the same --batch and --results.")
        }
    }

    private func stations(_ card: CardOptions) async throws -> [any CardStation] {
        let tracer = try common.tracer()
        if let path = card.card {
            return [
                try CardFileStation(common.homeFolder.card(path, mayBeFolder: true)) { channel, path in
                    tracer?.trace(channel, name: path) ?? channel
                }
            ]
        }
        let service = try PCSCService()
        let readers = try await service.readers()
        let master = try authority.masterReader.map { try ReaderQuery($0).resolve(in: readers) }
        let query = ReaderQuery.chosen(card.reader)
        let chosen = query.matches(in: readers).filter { $0 != master }
        guard !chosen.isEmpty else { throw CardError(.noReader, subject: "the batch") }
        return chosen.map { ShownStation(ReaderStation($0, of: service), tracer: tracer) }
    }
}

extension Console {
    fileprivate func show(_ report: BatchReport) {
        let (kind, text): (String, String) =
            switch report.outcome.result {
            case .issued: ("issued", "issued")
            case .failed(let error): ("failed", "FAILED: \(explained(error))")
            case .notNeeded: ("not-needed", "no row is left for it")
            }
        var members: [(name: String, value: JSONValue)] = [
            ("station", .text(report.station)), ("eid", JSONValue(report.outcome.eid)),
            ("line", report.outcome.line.map { .number($0) } ?? .null), ("outcome", .text(kind)),
        ]
        if case .failed(let error) = report.outcome.result { members.append(("error", .error(error))) }
        output(.object(members), ["\(report.outcome.eid.map { "\($0)" } ?? report.station): \(text)"])
    }
}
