import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The program's output: results on standard output, everything else on standard error.
struct Console: Sendable {
    /// Whether results are JSON.
    let isJSON: Bool

    /// Gives a result: as lines for people, or as one JSON document on a line.
    func output(_ document: @autoclosure () -> JSONValue, _ lines: @autoclosure () -> [String]) {
        if isJSON { Console.printLine("\(document())") } else { for line in lines() { Console.printLine(line) } }
    }

    /// Reports progress to people; not printed with JSON.
    func notice(_ text: @autoclosure () -> String) {
        if !isJSON { Console.complain(text()) }
    }

    /// Writes a line to standard output.
    static func printLine(_ line: String) { write(line, to: STDOUT_FILENO) }

    /// Writes a line to standard error.
    static func complain(_ line: String) { write(line, to: STDERR_FILENO) }

    /// Writes without a line end, for prompts and progress.
    static func write(_ text: String, to descriptor: CInt, lineEnd: String = "\n") {
        write(bytes: Array((text + lineEnd).utf8), to: descriptor)
    }

    /// Writes bytes to standard error.
    static func complain(bytes: [UInt8]) { write(bytes: bytes, to: STDERR_FILENO) }

    /// Writes raw bytes.
    static func write(bytes: [UInt8], to descriptor: CInt) {
        do {
            _ = try FileDescriptor(rawValue: descriptor).writeAll(bytes)
        } catch {
            // The reader of a pipe has seen enough.
            guard error as? Errno != .brokenPipe else { return }
            let name =
                switch descriptor {
                case STDOUT_FILENO: "standard output"
                case STDERR_FILENO: "standard error"
                default: "the terminal"
                }
            let text =
                FullDisk.isCause(of: error)
                ? "\(name): no space left on its disk: free some, or send it to another disk."
                : "\(name): cannot be written (\(error)). Check where it goes, and repeat."
            OutputFailure.note(Failure(.file, text))
        }
    }
}
