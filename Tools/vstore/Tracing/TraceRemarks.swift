import CardTrace

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What there is to say of a trace that was read: lines that were skipped, lines that were paired by their form alone.
struct TraceRemarks {
    /// The file's name.
    let file: String
    let source: TraceSource?
    let report: TraceReadingReport

    /// A sentence per kind of remark.
    var sentences: [String] { [skipped, unsure, packets].compactMap { $0 } }

    /// The same in JSON, which a trace in JSON can contain.
    var documents: [JSONValue] {
        var documents: [JSONValue] = []
        if report.skipped.count > 0 {
            documents.append([
                "note": "skipped", "file": .text(file), "count": .number(report.skipped.count),
                "lines": .list(
                    report.skipped.first.map { error in
                        ["line": .number(error.line ?? 0), "reason": .text("\(error.code)")]
                    }),
            ])
        }
        if report.unsure.count > 0 {
            documents.append([
                "note": "unsure", "file": .text(file), "count": .number(report.unsure.count),
                "lines": .list(report.unsure.first.map { .number($0) }),
            ])
        }
        let packets = report.unreadPackets
        if packets.count > 0 {
            documents.append([
                "note": "packets", "file": .text(file), "count": .number(packets.count),
                "damaged": packets.damaged > 0 ? .number(packets.damaged) : .null,
                "links": .list(
                    packets.links.map { link in
                        ["link": .number(Int(link.number)), "name": JSONValue(link.name), "count": .number(link.count)]
                    }),
            ])
        }
        return documents
    }

    /// Writes them to standard error.
    func complain() {
        for sentence in sentences { Console.complain(Paint.yellow.on(sentence, of: STDERR_FILENO)) }
    }

    private var skipped: String? {
        let skipped = report.skipped
        guard skipped.count > 0 else { return nil }
        // Lines by reason, in the order in which the reasons occur.
        var reasons: [(code: TraceFileError.Code, lines: [String])] = []
        for error in skipped.first {
            let line = error.line.map { "\($0)" } ?? ""
            if let index = reasons.firstIndex(where: { $0.code == error.code }) {
                reasons[index].lines.append(line)
            } else {
                reasons.append((error.code, [line]))
            }
        }
        let named = reasons.map { "\($0.lines.joined(separator: ", ")) (\($0.code))" }.joined(separator: "; ")
        let more = skipped.count - skipped.first.count
        return "\(file): \(Self.lines(skipped.count)) skipped: \(named)" + (more > 0 ? "; and \(more) more." : ".")
    }

    private var unsure: String? {
        let unsure = report.unsure
        guard unsure.count > 0 else { return nil }
        let more = unsure.count - unsure.first.count
        let numbers = unsure.first.map { "\($0)" }.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
        return "\(file): \(Self.lines(unsure.count)) paired by form, and could be a command or an answer: \(numbers). "
            + "Write > before commands and < before answers."
    }

    private var packets: String? {
        let packets = report.unreadPackets
        guard packets.count > 0 else { return nil }
        var kinds = packets.links.map { link in
            "\(link.count) of link type \(link.number)\(link.name.map { " (\($0))" } ?? "")"
        }
        let others = packets.count - packets.damaged - packets.links.reduce(0) { $0 + $1.count }
        if others > 0 { kinds.append("\(others) of other link types") }
        if packets.damaged > 0 { kinds.append("\(packets.damaged) damaged") }
        let count = packets.count == 1 ? "1 packet was" : "\(packets.count) packets were"
        return "\(file): \(count) not read: \(kinds.joined(separator: ", "))."
    }

    private static func lines(_ count: Int) -> String { count == 1 ? "1 line was" : "\(count) lines were" }

    // MARK: Nothing found

    /// The error of a file without exchanges and card events.
    var nothingFound: Failure {
        let unit = source == .pcapng ? "packet" : "line"
        let count = "\(report.lines) \(unit)\(report.lines == 1 ? "" : "s")"
        let more = [skipped, packets].compactMap { $0 }.map { " \($0)" }.joined()
        return Failure(.refused, "\(file): 0 exchanges in \(count); \(explanation)\(more)")
    }

    private var explanation: String {
        if let source, let other = report.resembles {
            return "no line is of the form \(source.rawValue); \(other == .pcapng ? "it is" : "lines are of the form") "
                + "\(other.rawValue). Leave --format out, or name that."
        }
        if report.skipped.count > 0 { return "no line with bytes can be read." }
        return switch source {
        case nil:
            "no line has a form that is read: " + TraceSource.allCases.map(\.rawValue).joined(separator: ", ")
                + ". Write one APDU per line, or log with pcscd --apdu, OPENSC_DEBUG=9 or gp -d."
        case .hex: "no line is an APDU in hexadecimal. Write one APDU per line."
        case .json: "the trace has no event. Record it again."
        case .pcapng: "none is ISO 7816 or GSMTAP. Capture what the card is sent, as vstore apdu trace does."
        case .opensc: "it is a log of OpenSC without APDUs. Log with OPENSC_DEBUG=9."
        case .pcscd: "it is a log of pcscd without APDUs. Log with pcscd --foreground --apdu."
        case .pyscard: "it is a log of pyscard or scriptor without APDUs. Log them with ConsoleCardConnectionObserver."
        case .apdu4j: "it is a log of apdu4j without APDUs. Log with gp -d."
        case .spy: "it is a log of the spy library without SCardTransmit. Log while the program uses the card."
        }
    }
}
