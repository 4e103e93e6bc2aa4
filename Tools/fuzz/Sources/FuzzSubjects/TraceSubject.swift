import CardTrace
import Foundation
import ISO7816

/// Traces: any exchange can be written as text and as one line of JSON, and a PIN is in neither.
enum TraceSubject {
    private static let dictionary = Result { () throws(DictionaryError) in try APDUDictionary() }

    static func check(_ bytes: [UInt8]) throws(BrokenProperty) {
        guard case .success(let dictionary) = dictionary else {
            throw BrokenProperty(description: "the dictionary that is built in can be read: \(dictionary)")
        }
        var input = InputReader(bytes)
        var decoder = TraceDecoder(dictionary)
        var events = 0
        while !input.isAtEnd, events < 4 {
            let command = input.piece()
            let answer = input.piece()
            if command.isEmpty {
                decoder.reset()
            } else {
                try decode(command, answer, with: &decoder)
            }
            events += 1
        }
    }

    static func decode(
        _ command: [UInt8], _ answer: [UInt8], with decoder: inout TraceDecoder
    ) throws(BrokenProperty) {
        let response = Result { () throws(APDUError) in try ResponseAPDU(answer) }
            .mapError { CardError(.malformedAnswer, subject: "reader", cause: $0) }
        let event = TraceEvent(
            time: 1_767_225_600_000_000, reader: "Reader \"1\"", command: command, outcome: response,
            duration: .microseconds(7))
        let decoded = decoder.decode(event)
        try hold(decoded.command.count == command.count, "no byte of a command is lost")
        // A short VERIFY: its data are a PIN, but for an expected length of 00 behind them.
        if command.count > 5, command[1] == 0x20 {
            let hasLength = command.count == 6 + Int(command[4]) && command.last == 0
            let data = 5..<command.count - (hasLength ? 1 : 0)
            try hold(
                data.allSatisfy { decoded.command.hasMasked(in: $0..<($0 + 1)) }
                    || command[4] == 0 && command.count > 7,
                "a PIN is masked")
        }
        // One form per input, chosen by its lengths.
        switch (command.count &+ answer.count) & 3 {
        case 0: try text(decoded, .plain)
        case 1: try text(decoded, .coloured)
        case 2: try json(decoded, isReadBack: false)
        default: try json(decoded, isReadBack: true)
        }
    }

    private static func text(_ decoded: DecodedEvent, _ style: TraceText.Style) throws(BrokenProperty) {
        let lines = TraceText(style: style, byteLimit: 20).lines(for: decoded)
        try hold(lines.count == 2 && lines.allSatisfy { !hasLineEnd($0) }, "an event is two lines")
    }

    private static func hasLineEnd(_ text: String) -> Bool {
        let units = text.utf8.span
        for index in units.indices where units[index] == 0x0A { return true }
        return false
    }

    private static func json(_ decoded: DecodedEvent, isReadBack: Bool) throws(BrokenProperty) {
        let line = TraceJSON().line(for: decoded)
        try hold(!hasLineEnd(line), "JSON is one line")
        guard isReadBack else { return }
        do {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            try hold(object?["command"] != nil, "JSON has the command")
        } catch {
            throw BrokenProperty(description: "a line is JSON: \(line) \(error)")
        }
    }
}
