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
        if path == "-" { return try text(standardInput(), of: "standard input") }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw Failure(
                .file,
                FileManager.default.fileExists(atPath: path)
                    ? "\(path): cannot be read. Check its rights." : "\(path): there is no such file. Check its name.")
        }
        return try text(Array(data), of: path)
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

    private static func standardInput() -> [UInt8] {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = systemRead(STDIN_FILENO, &room, room.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes += room.prefix(count)
        }
    }
}

// Within the type its own function has the system's name.
private func systemRead(_ descriptor: CInt, _ room: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, room, count)
}
