internal import Dispatch
internal import SystemPackage

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// pcsc-lite's spy library, inserted between other programs and the PC/SC service.
///
/// Programs find it instead of `libpcsclite.so.1`, in a folder that is first in their `LD_LIBRARY_PATH`, whether they
/// link to it or load it later; there it finds the real one as `libpcsclite_nospy.so.1`. It writes to the FIFO
/// `$HOME/pcsc-spy`, which can have one listener at a time.
public final class PCSCSpy: Sendable {
    /// The environment for the programs.
    public let environment: [String: String]
    private let folder: String
    private let fifo: String
    private let descriptor: CInt
    /// Written after the programs' output, to end the listening; the spy library never writes such a line.
    private static let endMark = Array("end of listening\n".utf8)

    /// Sets up the libraries and creates the FIFO. ``remove()`` removes everything again.
    ///
    /// - Parameter variables: of this process; HOME is required.
    /// - Throws: `SpyError`.
    public init(environment variables: [String: String]) throws(SpyError) {
        let spy = try Self.library("libpcscspy.so.0", or: .noSpyLibrary)
        let real = try Self.library("libpcsclite.so.1", or: .noLibrary)
        guard let home = variables["HOME"], !home.isEmpty else { throw SpyError(.noHome, "HOME") }
        let (fifo, folder) = (home + "/pcsc-spy", Self.newFolder())
        do {
            let files = FileManager.default
            try files.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try files.createSymbolicLink(atPath: folder + "/libpcsclite.so.1", withDestinationPath: spy)
            try files.createSymbolicLink(atPath: folder + "/libpcsclite_nospy.so.1", withDestinationPath: real)
        } catch {
            Self.delete(folder)
            throw SpyError(.noFolder, folder, cause: error)
        }
        // The data may be secret.
        guard unsafe mkfifo(fifo, 0o600) == 0 else {
            let number = Errno(rawValue: errno)
            Self.delete(folder)
            throw number == .fileExists ? SpyError(.fifoExists, fifo) : SpyError(.noFIFO, fifo, cause: number)
        }
        // Read and write: it then opens without blocking, and does not end when a program ends.
        descriptor = unsafe open(fifo, O_RDWR | O_CLOEXEC)
        let number = Errno(rawValue: errno)
        let before = variables["LD_LIBRARY_PATH"].map { ":" + $0 } ?? ""
        environment = ["LD_LIBRARY_PATH": folder + before, "HOME": home]
        (self.folder, self.fifo) = (folder, fifo)
        guard descriptor >= 0 else {
            remove()
            throw SpyError(.noFIFO, fifo, cause: number)
        }
    }

    /// Passes what programs do to `body` until ``end()``.
    ///
    /// - Parameters:
    ///   - sender: the program, if there is only one.
    ///   - secrets: whether PINs and keys are masked.
    ///   - body: gets each record, or why some lines could not be read; called on a thread of its own.
    public func listen(
        sender: TraceSender?, secrets: SecretPolicy = .hidden,
        _ body: sending @escaping (Result<TraceRecord, TraceFileError>) -> Void
    ) async {
        nonisolated(unsafe) let body = body
        let descriptor = descriptor
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "PC/SC spy").async {
                unsafe Self.listen(descriptor, sender, secrets, body)
                continuation.resume()
            }
        }
    }

    private static func listen(
        _ descriptor: CInt, _ sender: TraceSender?, _ secrets: SecretPolicy,
        _ body: (Result<TraceRecord, TraceFileError>) -> Void
    ) {
        var reader = TraceReader(.spy, file: "the spy library", sender: sender, secrets: secrets)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var rest: [UInt8] = []
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest += buffer[..<count]
            let isOver = rest.suffix(endMark.count) == endMark[...]
            if isOver { rest.removeLast(endMark.count) }
            guard isOver || rest.last == 0x0A else { continue }
            let reported = reader.report.skipped.first.count
            do throws(TraceFileError) {
                for record in try reader.feed(rest) { body(.success(record)) }
                if isOver { for record in try reader.finish() { body(.success(record)) } }
            } catch {
                body(.failure(error))
            }
            for error in reader.report.skipped.first.dropFirst(reported) { body(.failure(error)) }
            rest = []
            if isOver { return }
        }
    }

    /// Ends the listening after what programs have written so far.
    public func end() {
        var rest = Self.endMark[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Removes everything again.
    public func remove() {
        if descriptor >= 0 { _ = close(descriptor) }
        _ = unsafe unlink(fifo)
        Self.delete(folder)
    }

    private static func newFolder() -> String {
        FileManager.default.temporaryDirectory.path + "/pcsc-spy-\(UUID().uuidString)"
    }

    private static func delete(_ folder: String) {
        for name in ["libpcsclite.so.1", "libpcsclite_nospy.so.1"] { _ = unsafe unlink(folder + "/" + name) }
        _ = unsafe rmdir(folder)
    }

    private static func library(_ name: String, or missing: SpyError.Code) throws(SpyError) -> String {
        let files = FileManager.default
        var folders = ["/usr/local/lib", "/usr/lib64", "/usr/lib", "/lib"]
        do {
            folders += try files.contentsOfDirectory(atPath: "/usr/lib").filter { $0.hasSuffix("-linux-gnu") }
                .map { "/usr/lib/" + $0 }
        } catch {
            // If this folder does not exist, the library is in one of the others, or not installed.
            folders += []
        }
        guard let folder = folders.last(where: { files.fileExists(atPath: $0 + "/" + name) }) else {
            throw SpyError(missing, name)
        }
        return folder + "/" + name
    }
}
