import GlobalPlatform
import ISO7816

extension SelectedSecurityDomain {
    /// What is unusual about it: for standard error.
    var notices: [String] {
        var lines: [String] = []
        let shown = aid?.hexadecimal() ?? "unknown"
        switch origin {
        case .given: break
        case .knownAID:
            lines.append(
                "The issuer security domain is \(shown). It was found by a known AID, not by default selection.")
        case .defaultSelection where !isSecurityDomain:
            lines.append(
                "No issuer security domain was found. The card selects an application by default, "
                    + "\(aid?.hexadecimal() ?? "without an AID in its answer"), which may not be one; give another with "
                    + "--security-domain.")
        case .defaultSelection: break
        }
        if isCardLocked {
            lines.append("The card is locked: its life cycle state is CARD_LOCKED (SELECT answers 6283).")
        }
        if let warning { lines.append("SELECT answers with a warning (\(warning): \(warning.meaning)).") }
        return lines + faults.map { "\($0)." }
    }

    /// For JSON: the same members in each command that selects a security domain and shows data.
    var members: [(name: String, value: JSONValue)] {
        let origin: String
        switch self.origin {
        case .given: origin = "given"
        case .defaultSelection: origin = "default-selection"
        case .knownAID: origin = "known-aid"
        }
        return [
            (
                "securityDomain",
                [
                    "aid": JSONValue(aid?.hexadecimal()), "foundBy": .text(origin),
                    "isSecurityDomain": .truth(isSecurityDomain),
                    "warning": JSONValue(warning), "faults": .list(faults.map { .text("\($0)") }),
                ]
            ),
            ("isCardLocked", .truth(isCardLocked)),
        ]
    }
}

extension GlobalPlatformError {
    /// For the list of failures in JSON.
    var json: JSONValue { .error(self).with("statusWord", JSONValue(status)) }
}

extension Failure {
    /// The error with which the program ends where `failures` left a result incomplete; nil where there are none.
    static func incomplete(_ result: String, _ failures: [GlobalPlatformError]) -> Failure? {
        guard !failures.isEmpty else { return nil }
        // A card that answers no more is worse than one that refuses.
        let status = failures.map { vstore.exitStatus(of: $0) }.first { $0 != .refused } ?? .refused
        var lines = [result] + failures.map { "\($0)." }
        // Each remedy once, although many requests may fail for the same reason.
        for failure in failures where !lines.contains(failure.remedy) { lines.append(failure.remedy) }
        return Failure(status, lines.joined(separator: "\n"))
    }
}
