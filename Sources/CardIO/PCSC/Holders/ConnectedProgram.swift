/// A program that is connected to the PC/SC service.
public struct ConnectedProgram: Sendable, Hashable, CustomStringConvertible {
    /// Its name as the system has it, at most 15 bytes; what cannot be printed is `?`.
    public let name: String
    /// The number of its process.
    public let process: Int32

    /// Names a program, for tests and for carriers of one's own.
    ///
    /// - Parameters:
    ///   - name: its name; a program chooses its own, so what would command a terminal becomes `?`.
    ///   - process: the number of its process.
    public init(name: String, process: Int32) {
        self.name = PrintableText.of(name)
        self.process = process
    }

    /// The name with the number in brackets.
    public var description: String { "\(name) (\(process))" }
}
