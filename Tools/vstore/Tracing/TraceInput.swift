import ArgumentParser
import CardTrace

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Files with traces that a user names, `-` being standard input.
enum TraceInput {
    /// Reads a trace piece by piece.
    ///
    /// - Throws: `Failure` where it cannot be read, `TraceFileError` where it is no trace.
    static func read(_ path: String, _ source: TraceSource?, _ body: (TraceRecord) throws -> Void) throws {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(
                .file,
                errno == ENOENT
                    ? "\(path): there is no such file. Check its name." : "\(path): cannot be read. Check its rights.")
        }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var reader = TraceReader(source, file: path == "-" ? "standard input" : path)
        var room = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = systemRead(descriptor, &room, room.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure(.file, "\(path): cannot be read. Check that it is a file.") }
            guard count > 0 else { break }
            for record in try reader.take(room[..<count]) { try body(record) }
        }
        for record in try reader.finish() { try body(record) }
    }

    /// Reads a whole trace.
    static func records(_ path: String, _ source: TraceSource? = nil) throws -> [TraceRecord] {
        var records: [TraceRecord] = []
        try read(path, source) { records.append($0) }
        return records
    }

    /// Takes a form from the command line.
    static func source(_ text: String) throws -> TraceSource {
        guard let source = TraceSource(rawValue: text) else {
            let forms = TraceSource.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(text)' is no form that can be read. Write one of \(forms).")
        }
        return source
    }

    /// Takes an instruction byte from the command line.
    static func instruction(_ text: String) throws -> UInt8 {
        guard let bytes = [UInt8](hexadecimalDigits: text), bytes.count == 1 else {
            throw ValidationError("'\(text)' is no instruction. Write two hexadecimal digits, such as 84.")
        }
        return bytes[0]
    }
}

// Within the type its own function has the system's name.
private func systemRead(_ descriptor: CInt, _ room: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, room, count)
}
