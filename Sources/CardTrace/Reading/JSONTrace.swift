import ISO7816

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// JSON lines as ``TraceJSON`` writes them. Decoded members are ignored: they are decoded again.
struct JSONTrace: TraceLineParser {
    private struct Line: Decodable {
        struct Sender: Decodable {
            let name: String
            let process: Int32?
        }
        struct Part: Decodable {
            let bytes: String
            let status: String?
        }
        struct Failure: Decodable {
            /// Since version 2.
            let code: UInt16?
            let reason: String
            let subject: String
            let cause: String?
        }
        let note: String?
        let trace: String?
        let version: Int?
        let time: String?
        let reader: String?
        let sender: Sender?
        let microseconds: Double?
        let command: Part?
        let response: Part?
        let error: Failure?
        let event: String?
        let atr: String?
    }

    let file: String

    init(file: String, sender: TraceSender? = nil) { self.file = file }

    static func recognizes(_ text: Substring) -> Bool {
        text.hasPrefix("{") && text.dropFirst().first { $0 != " " } == "\"" && !JournalEntry.isEntry(text)
    }

    mutating func parse(_ text: Substring, line number: Int, into findings: inout LineFindings) throws(TraceFileError) {
        if text.allSatisfy(\.isWhitespace) { return }
        let line: Line
        do {
            line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
        } catch {
            findings.skip(number, .malformedLine, found: text)
            return
        }
        // A remark on the file that the trace was made from.
        if line.note != nil { return }
        if line.trace != nil {
            guard line.trace == "vstore", let version = line.version, version >= 1 else {
                findings.skip(number, .malformedLine, found: text)
                return
            }
            guard version <= TraceJSON.version else {
                throw TraceFileError(.newerVersion, file: file, line: number, found: "version \(version)")
            }
            return
        }
        guard let record = Self.record(line) else {
            findings.skip(number, .malformedLine, found: text)
            return
        }
        findings.append(record)
    }

    func finish(into findings: inout LineFindings) {}

    private static func record(_ line: Line) -> TraceRecord? {
        guard let reader = line.reader else { return nil }
        let time = line.time.flatMap { ValueText.microseconds(time: $0) }
        guard time != nil || line.time == nil else { return nil }
        let sender = line.sender.map { TraceSender($0.name, process: $0.process) }
        guard let answerToReset = [UInt8](hexadecimal: line.atr ?? "") else { return nil }
        if let event = line.event {
            guard let kind = TraceCardEvent.Kind(rawValue: event) else { return nil }
            return .card(
                TraceCardEvent(time: time, reader: reader, kind: kind, answerToReset: answerToReset, sender: sender))
        }
        guard let command = line.command.flatMap({ MaskedBytes(hexadecimal: $0.bytes) }) else { return nil }
        let outcome: TraceEvent.Outcome
        if let response = line.response {
            guard let bytes = MaskedBytes(hexadecimal: response.bytes + (response.status ?? "")), bytes.count >= 2
            else { return nil }
            outcome = .response(bytes)
        } else if let error = line.error {
            outcome = .failure(
                CardError(
                    recorded: error.code, reason: error.reason, subject: error.subject, cause: error.cause))
        } else {
            return nil
        }
        let nanoseconds = line.microseconds.map { $0 * 1000 }
        guard (0..<9e18).contains(nanoseconds ?? 0) else { return nil }
        return .exchange(
            TraceEvent(
                time: time, reader: reader, command: command, outcome: outcome,
                duration: nanoseconds.map { .nanoseconds(Int64($0.rounded())) }, sender: sender,
                answerToReset: answerToReset, secrets: .shown))
    }
}
