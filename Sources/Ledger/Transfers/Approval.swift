/// Two people who answer for a decision, and why they made it.
public struct Approval: Sendable, Hashable {
    /// Who asked for it.
    public let person: String
    /// Who agreed; somebody else.
    public let approver: String
    public let reason: String

    /// - Returns: nil if a name or the reason is empty, or both names are the same but for case and spaces.
    public init?(by person: String, approvedBy approver: String, because reason: String) {
        func folded(_ name: String) -> String { name.lowercased().filter { !$0.isWhitespace } }
        guard !folded(person).isEmpty, !folded(approver).isEmpty, !folded(reason).isEmpty,
            folded(person) != folded(approver)
        else { return nil }
        self.person = person
        self.approver = approver
        self.reason = reason
    }
}

extension Approval: CustomStringConvertible {
    public var description: String { "\(person), approved by \(approver): \(reason)" }
}
