import DurableFiles
import SystemPackage

/// Files that others are to read.
enum ReportFile {
    /// Writes the text in place of what the file held, all of it or nothing.
    ///
    /// - Throws: `Failure` where it cannot be written.
    static func write(_ text: String, to path: String) throws {
        do throws(FileError) {
            try OutputFile.write(Array(text.utf8), to: FilePath(file: path))
        } catch {
            throw Failure(writing: error, path)
        }
    }
}
