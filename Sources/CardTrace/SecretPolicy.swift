/// What becomes of PINs, keys and other secret fields of a trace.
public enum SecretPolicy: Sendable, Hashable, CaseIterable {
    /// They are masked, as everywhere by default.
    case hidden
    /// They stay, for cards that hold nothing of value. A file written so says it.
    case shown
}
