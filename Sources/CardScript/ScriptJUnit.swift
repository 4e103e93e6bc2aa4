import CardTrace
import ISO7816

/// The results of a script as JUnit XML, as read by continuous integration systems.
///
/// One `testsuite` with a `testcase` for each command and reset, and in it a `failure` where an answer is not as
/// expected, or an `error` where there is none. Secrets are masked.
public struct ScriptJUnit: Sendable {
    private let name: String
    private let results: [(result: ScriptResult, duration: Duration)]

    /// - Parameters:
    ///   - name: the suite's name: the script's file.
    ///   - results: the result and duration of each step.
    public init(name: String, results: [(result: ScriptResult, duration: Duration)]) {
        self.name = name
        self.results = results
    }

    /// The document.
    public var xml: String {
        let failures = results.filter { if case .response = $0.result.outcome { !$0.result.ok } else { false } }.count
        let errors = results.filter { !$0.result.ok }.count - failures
        let counts = "tests=\"\(results.count)\" failures=\"\(failures)\" errors=\"\(errors)\""
        let time = "time=\"\(Self.seconds(results.reduce(.zero) { $0 + $1.duration }))\""
        var lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites \(counts) \(time)>",
            "  <testsuite name=\"\(Self.quoted(name))\" \(counts) \(time)>",
        ]
        for (result, duration) in results { lines += testCase(result, duration) }
        lines += ["  </testsuite>", "</testsuites>", ""]
        return lines.joined(separator: "\n")
    }

    private func testCase(_ result: ScriptResult, _ duration: Duration) -> [String] {
        let file = result.step.file ?? name
        let head =
            "    <testcase classname=\"\(Self.quoted(file))\" name=\"\(Self.quoted("line \(result.line): \(result.name)"))\""
            + " file=\"\(Self.quoted(file))\" line=\"\(result.line)\" time=\"\(Self.seconds(duration))\""
        if result.ok { return [head + "/>"] }
        let command = result.sent.map { "command: \($0.hexadecimal(separator: " "))" }
        let kind: String
        let message: String
        var text = [command].compactMap(\.self)
        switch result.outcome {
        case .failure(let error): (kind, message) = ("error", "\(error)")
        case .invalid(let error): (kind, message) = ("error", "\(error)")
        case .response, .reset:
            kind = "failure"
            message = result.differences.first.map { "expected \($0.expected), found \($0.found)" } ?? ""
            text += [result.answer.map { "answer: \($0.hexadecimal(separator: " "))" }].compactMap(\.self)
            text += result.differences.map { "line \($0.line): expected \($0.expected), found \($0.found)" }
        }
        return [
            head + ">",
            "      <\(kind) message=\"\(Self.quoted(message))\">\(Self.quoted(text.joined(separator: "\n")))</\(kind)>",
            "    </testcase>",
        ]
    }

    /// With three decimals, as in the schema.
    private static func seconds(_ duration: Duration) -> String {
        let thousandths = max(0, ValueText.microseconds(duration) / 1000)
        let decimals = String(thousandths % 1000)
        return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - decimals.count))\(decimals)"
    }

    /// Characters that XML 1.0 does not have become U+FFFD.
    private static func quoted(_ text: String) -> String {
        var quoted = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x26: quoted += "&amp;"
            case 0x3C: quoted += "&lt;"
            case 0x3E: quoted += "&gt;"
            case 0x22: quoted += "&quot;"
            case 0x0A: quoted += "&#10;"
            case 0x09, 0x20...0xFFFD, 0x10000...: quoted.unicodeScalars.append(scalar)
            default: quoted.unicodeScalars.append("\u{FFFD}")
            }
        }
        return quoted
    }
}
