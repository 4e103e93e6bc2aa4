import Diagnostics
import ISO7816

/// The raw log of pcsc-lite's spy library: a thread's number, `@`, then a call's begin, one line per parameter, and its
/// end.
///
///     7F06B1E91B80@>|1795411319|955442|SCardTransmit
///     7F06B1E91B80@0x5E2136FF
///     …
///     7F06B1E91B80@<|1795411319|955922|SCardTransmit|Command successful.|0x00000000
struct SpyLog: TraceLineParser {
    private struct Call {
        var name: Substring
        var microseconds: Int64
        var parameters: [Substring] = []
    }

    /// The traced program.
    let sender: TraceSender?
    let file: String
    private var calls: [Substring: Call] = [:]
    private var readers: [Substring: String] = [:]
    private var answers: [String: [UInt8]] = [:]

    init(file: String, sender: TraceSender?) {
        self.file = file
        self.sender = sender
    }

    static func recognizes(_ text: Substring) -> Bool {
        guard let at = text.firstIndex(of: "@"), at != text.startIndex else { return false }
        return text[..<at].allSatisfy(\.isHexDigit) && text[at...].hasPrefix("@>|")
    }

    mutating func parse(_ text: Substring, line: Int, into findings: inout LineFindings) {
        guard let at = text.firstIndex(of: "@") else {
            if !text.allSatisfy(\.isWhitespace) { findings.skip(line, .malformedLine, found: text) }
            return
        }
        let (thread, words) = (text[..<at], text[at...].dropFirst())
        if words.hasPrefix(">|") {
            let parts = words.split(separator: "|", omittingEmptySubsequences: false)
            guard parts.count == 4, let time = Self.time(parts) else {
                findings.skip(line, .malformedLine, found: text)
                return
            }
            calls[thread] = Call(name: parts[3], microseconds: time)
        } else if words.hasPrefix("<|") {
            let parts = words.split(separator: "|", omittingEmptySubsequences: false)
            guard parts.count == 6, let time = Self.time(parts), let result = UInt64(parts[5].dropFirst(2), radix: 16)
            else {
                findings.skip(line, .malformedLine, found: text)
                return
            }
            guard let call = calls.removeValue(forKey: thread), call.name == parts[3] else { return }
            if let records = end(call, time, result, text: parts[4]) {
                findings.append(records)
            } else {
                findings.skip(line, .notHexadecimal, found: call.parameters[4])
            }
        } else {
            calls[thread]?.parameters.append(words)
        }
    }

    /// Commands whose call never returned.
    mutating func finish(into findings: inout LineFindings) {
        defer { calls = [:] }
        for thread in calls.keys.sorted() {
            guard let call = calls[thread], call.name == "SCardTransmit", call.parameters.count >= 5,
                let command = [UInt8](spacedHexadecimal: call.parameters[4]), !command.isEmpty
            else { continue }
            let reader = readers[call.parameters[0]] ?? String(call.parameters[0])
            findings.append(
                .exchange(
                    TraceEvent(
                        time: call.microseconds, reader: reader, command: MaskedBytes(command),
                        outcome: .failure(CardError(.noAnswerRecorded, subject: reader)), duration: .zero,
                        sender: sender, secrets: .shown)))
        }
    }

    private static func time(_ parts: [Substring]) -> Int64? {
        guard let seconds = Int64(parts[1]), let microseconds = Int64(parts[2]), (0..<1 << 40).contains(seconds),
            (0..<1_000_000).contains(microseconds)
        else { return nil }
        return seconds * 1_000_000 + microseconds
    }

    /// - Returns: nil where the bytes of a command are not hexadecimal.
    private mutating func end(
        _ call: Call, _ time: Int64, _ result: UInt64, text: Substring
    ) -> [TraceRecord]? {
        let values = call.parameters
        switch call.name {
        case "SCardTransmit" where values.count >= 5: return transmitted(call, time, result, text)
        case "SCardConnect" where values.count >= 7 && result == 0:
            readers[values[6]] = String(values[1])
        case "SCardGetStatusChange" where values.count >= 3 && result == 0:
            return states(values, time)
        case "SCardStatus" where values.count >= 8 && result == 0:
            if let reader = readers[values[0]], let answer = [UInt8](spacedHexadecimal: values[7]) {
                return learned(answer, of: reader, time)
            }
        case "SCardReconnect" where values.count >= 4 && result == 0:
            // SCARD_RESET_CARD, SCARD_UNPOWER_CARD
            if let reader = readers[values[0]], ["0x00000001", "0x00000002"].contains(values[3]) {
                return [event(.reset, reader, time, answers[reader] ?? [])]
            }
        case "SCardDisconnect" where values.count >= 2 && result == 0:
            guard let reader = readers.removeValue(forKey: values[0]) else { return [] }
            if values[1] == "0x00000001" { return [event(.reset, reader, time, answers[reader] ?? [])] }
            if values[1] == "0x00000002" { return [event(.poweredOff, reader, time, [])] }
        default: break
        }
        return []
    }

    private func transmitted(
        _ call: Call, _ time: Int64, _ result: UInt64, _ text: Substring
    ) -> [TraceRecord]? {
        let values = call.parameters
        guard let command = [UInt8](spacedHexadecimal: values[4]) else { return nil }
        let reader = readers[values[0]] ?? String(values[0])
        let answer = values.count >= 9 ? [UInt8](spacedHexadecimal: values[8]) : nil
        let outcome: TraceEvent.Outcome
        if result == 0, let answer {
            outcome = .response(MaskedBytes(answer))
        } else {
            outcome = .failure(
                CardError(Self.code(of: result), subject: reader, cause: Circumstance("PC/SC says: \(text)")))
        }
        return [
            .exchange(
                TraceEvent(
                    time: call.microseconds, reader: reader, command: MaskedBytes(command), outcome: outcome,
                    duration: .microseconds(max(0, time - call.microseconds)), sender: sender, secrets: .shown))
        ]
    }

    /// The code for a result of SCardTransmit: the one with which CardIO reports it.
    private static func code(of result: UInt64) -> CardError.Code {
        switch UInt32(truncatingIfNeeded: result) {
        case 0x8010_0003: .notConnected
        case 0x8010_000A: .deadlineExceeded
        case 0x8010_000B: .sharingViolation
        case 0x8010_000C: .noCard
        case 0x8010_000F: .protocolMismatch
        case 0x8010_0011, 0x8010_0017: .readerUnavailable
        case 0x8010_0010, 0x8010_0066, 0x8010_0067: .cardUnresponsive
        case 0x8010_0013, 0x8010_001D, 0x8010_001E: .serviceLost
        case 0x8010_0068: .cardReset
        case 0x8010_0069: .cardRemoved
        default: .communication
        }
    }

    /// Returned reader states: name, state before, state now, length of the answer to reset, its bytes.
    private mutating func states(_ values: [Substring], _ time: Int64) -> [TraceRecord] {
        guard let count = Int(values[2].dropFirst(2), radix: 16), count > 0, count <= values.count,
            values.count == 3 + 10 * count
        else {
            return []
        }
        var records: [TraceRecord] = []
        for number in 0..<count {
            let state = values[(3 + 5 * (count + number))...].prefix(5)
            let (name, bits) = (
                String(state[state.startIndex]), UInt64(state[state.startIndex + 2].dropFirst(2), radix: 16)
            )
            // SCARD_STATE_PRESENT, SCARD_STATE_EMPTY
            if let bits, bits & 0x20 != 0, let answer = [UInt8](spacedHexadecimal: state[state.startIndex + 4]) {
                records += learned(answer, of: name, time)
            } else if let bits, bits & 0x10 != 0, answers.removeValue(forKey: name) != nil {
                records.append(event(.removed, name, time, []))
            }
        }
        return records
    }

    /// An insertion, where a reader's answer to reset is first seen or has changed.
    private mutating func learned(_ answer: [UInt8], of reader: String, _ time: Int64) -> [TraceRecord] {
        guard !answer.isEmpty, answers.updateValue(answer, forKey: reader) != answer else { return [] }
        return [event(.inserted, reader, time, answer)]
    }

    private func event(_ kind: TraceCardEvent.Kind, _ reader: String, _ time: Int64, _ answer: [UInt8]) -> TraceRecord {
        .card(TraceCardEvent(time: time, reader: reader, kind: kind, answerToReset: answer, sender: sender))
    }
}
