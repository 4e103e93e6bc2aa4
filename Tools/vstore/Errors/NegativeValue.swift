/// A value that begins with a minus, which the parser takes for an option, and so reports a value that is missing.
enum NegativeValue {
    /// How such a value is written; nil where `message` has another reason.
    static func hint(
        for message: String, _ arguments: some Sequence<String> = CommandLine.arguments.dropFirst()
    ) -> String? {
        let arguments = Array(arguments)
        guard let place = arguments.firstIndex(where: isNumber) else { return nil }
        let value = arguments[place]
        if message.hasPrefix("Missing value for '"), place > 0, message.contains("'\(arguments[place - 1])") {
            return "'\(value)' is taken for an option: write \(arguments[place - 1])=\(value)."
        }
        if message.hasPrefix("Missing expected argument") || message.hasPrefix("Unknown option") {
            return "'\(value)' is taken for an option. Where a number below 0 is meant, write it behind --."
        }
        return nil
    }

    private static func isNumber(_ text: String) -> Bool {
        text.first == "-" && text.dropFirst().first.map { ("0"..."9").contains($0) } == true
    }
}
