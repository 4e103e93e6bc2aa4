import ISO7816

/// Two lines of text per event, for people.
///
///     > 80 50 01 01 18 00 A1 …  INITIALIZE CREDIT v1  PID=00A1B2C3-30-010001
///     < 00 A1 B2 … 9000  done  EID=00A1B2C3-01-010077 NT=42  1.2 ms
public struct TraceText: Sendable {
    /// Whether to use colours.
    public enum Style: Sendable, Hashable {
        /// Plain text.
        case plain
        /// With the colours of a terminal (ECMA-48, SGR).
        case coloured
    }

    /// Whether to use colours.
    public let style: Style
    /// Maximum number of bytes shown of a command or an answer; nil for all.
    public let byteLimit: Int?

    public init(style: Style = .plain, byteLimit: Int? = nil) {
        self.style = style
        self.byteLimit = byteLimit
    }

    /// The lines for an event, without line ends.
    public func lines(for event: DecodedEvent) -> [String] {
        [commandLine(event), answerLine(event)]
    }

    /// The line for a card event, without a line end.
    ///
    ///     * inserted  3B 80 80 01 01
    public func line(for event: TraceCardEvent) -> String {
        let answer = event.answerToReset.hexadecimal(separator: " ")
        return "* " + paint(event.kind.rawValue, .bold) + (answer.isEmpty ? "" : "  " + paint(answer, .faint))
    }

    /// The line for the card of the following exchanges, without a line end.
    func line(forCard answerToReset: [UInt8]) -> String {
        "* " + paint("card", .bold) + "  " + paint(answerToReset.hexadecimal(separator: " "), .faint)
    }

    /// The meaning of a command, without its bytes: `SELECT by DF name  AID=F05653544F5245`.
    func commandWords(_ event: DecodedEvent) -> String {
        [commandName(event), shown(event.fields), words(event.faults)].filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// The meaning of an answer, without its bytes: `done  EID=00A1B2C3-01-010077`.
    func answerWords(_ response: DecodedEvent.Response) -> String {
        [response.text ?? "unknown status word", shown(response.fields), words(response.faults)]
            .filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private func commandName(_ event: DecodedEvent) -> String {
        ([event.name ?? "unknown command"] + event.parameters.map(\.short)).joined(separator: " ")
    }

    private func commandLine(_ event: DecodedEvent) -> String {
        let parts = [
            "> " + paint(hexadecimal(event.command, count: event.command.count), .faint),
            paint(commandName(event), .bold),
            shown(event.fields), paint(words(event.faults), .red),
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private func answerLine(_ event: DecodedEvent) -> String {
        let duration = paint(event.duration.map(ValueText.duration) ?? "", .faint)
        switch event.outcome {
        case .failure(let error):
            return ["! " + paint("\(error)", .red), duration].filter { !$0.isEmpty }.joined(separator: "  ")
        case .response(let response):
            let data = hexadecimal(response.bytes, count: response.bytes.count - 2)
            let colour: Paint = [0x90, 0x61].contains(response.status.sw1) ? .green : .red
            let parts = [
                "< " + (data.isEmpty ? "" : paint(data, .faint) + " ") + paint("\(response.status)", colour),
                paint(response.text ?? "unknown status word", colour), shown(response.fields),
                paint(words(response.faults), .red), duration,
            ]
            return parts.filter { !$0.isEmpty }.joined(separator: "  ")
        }
    }

    /// Where data objects cannot be read: `(byte 2: 1B where 1A bytes follow)`.
    private func words(_ faults: [LenientTLV.Remark]) -> String {
        faults.isEmpty ? "" : "(\(faults.map(\.description).joined(separator: "; ")))"
    }

    /// Long byte fields without further meaning are in the hexadecimal digits already, and are not repeated; of a data
    /// object the name is shown.
    private func shown(_ fields: [DecodedField]) -> String { Self.visible(listed(fields, areObjects: false)) }

    private func listed(_ fields: [DecodedField], areObjects: Bool) -> String {
        fields.compactMap { field in
            switch field.value {
            case .bytes(let bytes) where bytes.count > 8:
                areObjects ? "\(field.name) (\(bytes.count) bytes)" : nil
            case .masked(let bytes) where bytes.count > 8:
                areObjects ? "\(field.name) (\(bytes.count) bytes)" : nil
            case .fields(let within) where within.isEmpty: areObjects ? field.name : nil
            case .fields(let within):
                [field.prefix ?? "", listed(within, areObjects: true)].filter { !$0.isEmpty }.joined(separator: " ")
            default: field.labelled
            }
        }
        .joined(separator: " ")
    }

    private func hexadecimal(_ bytes: MaskedBytes, count: Int) -> String {
        guard let byteLimit, count > byteLimit else { return bytes.hexadecimal(0..<count, separator: " ") }
        return bytes.hexadecimal(0..<byteLimit, separator: " ") + " …"
    }

    private enum Paint: String {
        case bold = "1"
        case faint = "2"
        case red = "31"
        case green = "32"
    }

    private func paint(_ text: String, _ colour: Paint) -> String {
        let text = Self.visible(text)
        return style == .plain || text.isEmpty ? text : "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }

    /// Names come from outside: line ends and terminal control characters are removed.
    private static func visible(_ text: String) -> String {
        // C2 starts the controls U+0080 to U+009F.
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 }) else { return text }
        var visible = ""
        for scalar in text.unicodeScalars {
            visible.unicodeScalars.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
        }
        return visible
    }
}
