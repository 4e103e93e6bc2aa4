import CardScript
import CardTrace
import ISO7816

/// Every form in which what went to a card is written down or shown.
enum WrittenForm: String, CaseIterable {
    case text, coloured, json, pcapng, gsmtap
    /// A trace file after it was read again and written anew.
    case rewritten
    /// What the shell shows, its history and its recording, where each command is typed in full.
    case shell, history, recording
    /// A recording that is run again, and its results for continuous integration.
    case results, junit
    /// What a replay tells of a command that was not recorded.
    case divergence
    /// What the flow itself has said to people.
    case said

    func write(_ flow: Flow, _ dictionary: APDUDictionary) throws -> [UInt8] {
        switch self {
        case .text: return trace(flow.records, .text, dictionary)
        case .coloured: return trace(flow.records, .text, dictionary, .coloured)
        case .json: return trace(flow.records, .json, dictionary)
        case .pcapng: return trace(flow.records, .pcapng, dictionary)
        case .gsmtap: return trace(flow.records, .gsmtap, dictionary)
        case .rewritten:
            return try [TraceFormat.json, .pcapng, .gsmtap].flatMap { form in
                let read = try TraceReader.records(in: trace(flow.records, form, dictionary), file: "trace")
                return trace(read, .json, dictionary) + trace(read, .text, dictionary)
            }
        case .shell, .history, .recording: return try shell(flow, dictionary)
        case .results, .junit: return try script(flow)
        case .divergence:
            let reported = try flow.travelled.map { command, _ in
                let card = ReplayedCard([
                    .exchange(
                        TraceEvent(
                            time: 0, reader: "R", command: [0x00, 0x01, 0x02, 0x03],
                            outcome: .success(ResponseAPDU(status: .success)), duration: .zero))
                ])
                _ = try card.process(command)
                return card.divergence.map { "\($0)" } ?? ""
            }
            return Array(reported.joined(separator: "\n").utf8)
        case .said: return Array(flow.said.joined(separator: "\n").utf8)
        }
    }

    private func trace(
        _ records: [TraceRecord], _ format: TraceFormat, _ dictionary: APDUDictionary,
        _ style: TraceText.Style = .plain
    ) -> [UInt8] {
        var writer = TraceWriter(format, dictionary, style: style)
        return records.reduce(into: writer.start()) { writer.write($1, to: &$0) }
    }

    private func shell(_ flow: Flow, _ dictionary: APDUDictionary) throws -> [UInt8] {
        var session = ShellSession(dictionary, reader: "R")
        let card = Playback(flow.travelled)
        var lines: [String] = []
        for (command, _) in flow.travelled {
            let line = SecretSearch.hexadecimal(command)
            let reply = try session.perform(line, over: card, reset: {})
            switch self {
            case .history: lines += session.kept.map { [$0] } ?? []
            case .recording: lines += session.recorded
            default:
                guard case .exchange(let event) = reply else { continue }
                // The digits of a moment or a duration may by chance be those of a PIN.
                let line = TraceJSON().line(for: event).replacing(/"(time|microseconds)":[^,]*,/, with: "")
                lines += TraceText(style: .coloured).lines(for: event) + [line]
            }
        }
        return Array(lines.joined(separator: "\n").utf8)
    }

    /// Each command stands in the script in full, and no answer is as expected.
    private func script(_ flow: Flow) throws -> [UInt8] {
        let text = flow.travelled.map { "\(SecretSearch.hexadecimal($0.command))\n#= 1122\n" }.joined()
        let results = try Script(text).run(on: Playback(flow.travelled), reset: {})
        guard self == .results else {
            let xml = ScriptJUnit(name: flow.name, results: results.map { ($0, .zero) }).xml
            return Array(xml.utf8)
        }
        let lines = results.map { result in
            "\(result.name) \(result.sent?.hexadecimal() ?? "") \(result.answer?.hexadecimal() ?? "") "
                + result.differences.map { "\($0.expected) \($0.found)" }.joined(separator: " ")
        }
        return Array(lines.joined(separator: "\n").utf8)
    }
}

/// Gives the answers that were given, in order.
private final class Playback: CardChannel {
    private var rest: ArraySlice<(command: [UInt8], answer: [UInt8])>

    init(_ travelled: [(command: [UInt8], answer: [UInt8])]) { rest = travelled[...] }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        guard let next = rest.popFirst(), next.command == command.bytes else {
            throw CardError(.communication, subject: "playback")
        }
        do throws(APDUError) {
            return try ResponseAPDU(next.answer)
        } catch {
            throw CardError(.malformedAnswer, subject: "playback", cause: error)
        }
    }
}
