#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What the program says: results on standard output, everything else on standard error.
struct Console: Sendable {
    /// Whether results are JSON.
    let isJSON: Bool

    /// Gives a result: as lines for people, or as one JSON document on a line.
    func give(_ document: @autoclosure () -> JSONValue, _ lines: @autoclosure () -> [String]) {
        if isJSON { Console.put("\(document())") } else { for line in lines() { Console.put(line) } }
    }

    /// Tells people how things go; programs that read JSON are not told.
    func note(_ text: @autoclosure () -> String) {
        if !isJSON { Console.complain(text()) }
    }

    /// Writes a line to standard output.
    static func put(_ line: String) { write(line, to: STDOUT_FILENO) }

    /// Writes a line to standard error.
    static func complain(_ line: String) { write(line, to: STDERR_FILENO) }

    /// Writes without a line end, for prompts and progress.
    static func write(_ text: String, to descriptor: CInt, lineEnd: String = "\n") {
        write(bytes: Array((text + lineEnd).utf8), to: descriptor)
    }

    /// Writes bytes to standard error.
    static func complain(bytes: [UInt8]) { write(bytes: bytes, to: STDERR_FILENO) }

    /// Writes bytes as they are.
    static func write(bytes: [UInt8], to descriptor: CInt) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // Nobody reads any more: there is nobody to tell.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

// Within the type the system's call of the same name is hidden.
private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
