/// The lines typed before, the newest last.
public struct ShellHistory: Sendable {
    /// How many are kept.
    public static let limit = 1000
    /// The lines.
    public private(set) var lines: [String]

    /// Takes the lines of a file.
    public init(_ text: String = "") {
        lines = text.split(whereSeparator: \.isNewline).suffix(Self.limit).map(String.init)
    }

    /// Adds a line, but not one that is empty or the same as the one before.
    public mutating func add(_ line: String) {
        guard line.contains(where: { !$0.isWhitespace }), lines.last != line else { return }
        lines.append(line)
        if lines.count > Self.limit { lines.removeFirst() }
    }

    /// The text of a file that holds them.
    public var text: String { lines.map { $0 + "\n" }.joined() }
}
