import CardTrace
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file that a trace is written to, record by record, so that it is whole whenever the program ends.
final class TraceFile: Sendable {
    private let writer: Mutex<TraceWriter>
    private let descriptor: CInt
    private static let opened = Mutex<[String: TraceFile]>([:])

    private init(_ descriptor: CInt, _ writer: TraceWriter) {
        self.descriptor = descriptor
        self.writer = Mutex(writer)
        Console.write(bytes: writer.start(), to: descriptor)
    }

    /// Makes the file, for its owner alone, in place of what was there. Cards traced by one run share it.
    static func open(_ path: String, _ format: TraceFormat, _ dictionary: APDUDictionary) throws -> TraceFile {
        try opened.withLock { files in
            if let file = files[path] { return file }
            let descriptor = systemOpen(path)
            guard descriptor >= 0 else {
                throw Failure(.file, "\(path): the trace cannot be written. Choose another file, or mend its rights.")
            }
            let file = TraceFile(descriptor, TraceWriter(format, dictionary))
            files[path] = file
            return file
        }
    }

    func write(_ record: TraceRecord) {
        writer.withLock { Console.write(bytes: $0.write(record), to: descriptor) }
    }
}

// Within the type its own function has the system's name.
private func systemOpen(_ path: String) -> CInt { open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) }
