/// A program that is connected to the PC/SC service.
public struct ConnectedProgram: Sendable, Hashable, CustomStringConvertible {
    /// Its name from the system, at most 15 bytes; unprintable characters become `?`.
    public let name: String
    /// Its process ID.
    public let process: Int32

    /// For tests and custom carriers.
    ///
    /// - Parameters:
    ///   - name: its name; a program chooses its own, so control characters become `?`.
    ///   - process: its process ID.
    public init(name: String, process: Int32) {
        self.name = PrintableText.of(name)
        self.process = process
    }

    /// The name with the process ID in brackets.
    public var description: String { "\(name) (\(process))" }
}
