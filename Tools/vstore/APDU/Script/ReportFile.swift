import DurableFiles
import SystemPackage

/// Files for other programs to read.
enum ReportFile {
    /// Replaces the file's content with the text, completely or not at all.
    ///
    /// - Parameter option: by which another place is named.
    /// - Throws: `Failure` where it cannot be written.
    static func write(_ text: String, to path: String, option: String) throws {
        do throws(FileError) {
            try OutputFile.write(Array(text.utf8), to: FilePath(file: path))
        } catch {
            throw Failure(writing: error, path, option: option)
        }
    }
}
