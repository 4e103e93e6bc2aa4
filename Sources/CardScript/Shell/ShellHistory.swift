/// Previous lines, newest last.
public struct ShellHistory: Sendable {
    /// Maximum number of lines.
    public static let limit = 1000
    /// The lines.
    public private(set) var lines: [String]

    /// Parses the lines of a file.
    public init(_ text: String = "") {
        lines = text.split(whereSeparator: \.isNewline).suffix(Self.limit).map(String.init)
    }

    /// Adds a line, unless it is empty or the same as the previous one.
    public mutating func add(_ line: String) {
        guard line.contains(where: { !$0.isWhitespace }), lines.last != line else { return }
        lines.append(line)
        if lines.count > Self.limit { lines.removeFirst() }
    }

    /// The content of the history file.
    public var text: String { lines.map { $0 + "\n" }.joined() }
}
