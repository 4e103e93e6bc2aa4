#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Files that others are to read.
enum ReportFile {
    /// Writes the text in place of what the file held, all of it or nothing.
    ///
    /// - Throws: `Failure` where it cannot be written.
    static func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Failure(.file, "\(path): cannot be written. Make room, or mend the rights of its folder.")
        }
    }
}
