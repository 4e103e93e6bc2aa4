import CardTrace
import DurableFiles
import Synchronization
import SystemPackage

/// A file that a trace is written to, record by record, so that it is complete whenever the program ends.
final class TraceFile: Sendable {
    private let writer: Mutex<TraceWriter>
    private let file: OutputFile
    private let path: String
    private static let opened = Mutex<[String: TraceFile]>([:])

    private init(_ path: String, _ writer: TraceWriter) throws(FileError) {
        self.path = path
        file = try OutputFile(at: FilePath(file: path))
        self.writer = Mutex(writer)
        try file.write(writer.start())
    }

    /// Creates the file, readable by its owner only, and replaces an existing one. Cards traced by one run share it.
    static func open(
        _ path: String, _ format: TraceFormat, _ dictionary: APDUDictionary, _ secrets: SecretPolicy
    ) throws -> TraceFile {
        try opened.withLock { files in
            if let file = files[path] { return file }
            do throws(FileError) {
                let file = try TraceFile(path, TraceWriter(format, dictionary, secrets: secrets))
                files[path] = file
                return file
            } catch {
                guard error.code != .diskFull else {
                    throw Failure(.file, FullDisk.text(path, option: "--trace-file"))
                }
                throw Failure(
                    .file,
                    "\(path): the trace cannot be written (\(error.explanation)). Choose another file, or correct its "
                        + "rights.")
            }
        }
    }

    /// Adds a record. If it cannot be written, the traced work continues, and the program fails at its end.
    func write(_ record: TraceRecord) {
        writer.withLock { writer in
            do throws(FileError) {
                try file.write(writer.write(record))
            } catch {
                let reason = FullDisk.isCause(of: error) ? FullDisk.text(path, option: "--trace-file") : "\(error)."
                OutputFailure.note(Failure(.file, "\(reason) The trace is incomplete."))
            }
        }
    }
}
