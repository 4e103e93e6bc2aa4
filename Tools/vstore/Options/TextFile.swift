#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Small text files that a user names.
enum TextFile {
    /// The text of the file, `-` being standard input.
    ///
    /// - Throws: `Failure` where it cannot be read or is no UTF-8.
    static func read(_ path: String) throws -> String {
        if path == "-" { return try text(bytes(of: STDIN_FILENO) ?? [], of: "standard input") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        // A pipe that a shell makes is read as a file is.
        guard descriptor >= 0, let bytes = bytes(of: descriptor) else {
            throw Failure(
                .file,
                FileManager.default.fileExists(atPath: path)
                    ? "\(path): cannot be read. Check its rights." : "\(path): there is no such file. Check its name.")
        }
        return try text(bytes, of: path)
    }

    /// Writes the text in place of what the file held, all of it or nothing; its owner alone can read it.
    static func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        } catch {
            throw Failure(.file, "\(path): cannot be written. Make room, or mend its rights.")
        }
    }

    private static func text(_ bytes: [UInt8], of name: String) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.file, "\(name): is no text. Save it as UTF-8.")
        }
        return text
    }

    /// All that can be read; nil where it cannot, as of a folder.
    private static func bytes(of descriptor: CInt) -> [UInt8]? {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = systemRead(descriptor, &room, room.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return bytes }
            bytes += room.prefix(count)
        }
    }
}

// Within the type its own function has the system's name.
private func systemRead(_ descriptor: CInt, _ room: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, room, count)
}
