import CardTrace

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

/// pcsc-lite's spy library, put between other programs and the PC/SC service.
///
/// Programs find it in place of `libpcsclite.so.1`, in a folder that is first in their `LD_LIBRARY_PATH`, whether they
/// are linked to it or load it later; there it finds the real one as `libpcsclite_nospy.so.1`. It writes to the FIFO
/// `$HOME/pcsc-spy`.
final class PCSCSpy: Sendable {
    /// What is set for the programs.
    let environment: [String: String]
    private let folder: String
    private let fifo: String
    private let descriptor: CInt
    /// Written behind what programs wrote, to end the listening.
    private static let endMark = "vstore: end"

    /// - Throws: `Failure` where the library is missing, or another spy listens.
    init() throws {
        let files = FileManager.default
        let variables = ProcessInfo.processInfo.environment
        let spy = try Self.library("libpcscspy.so.0", "Install libpcsclite-dev, as Tools/setup does.")
        let real = try Self.library("libpcsclite.so.1", "Install libpcsclite1.")
        guard let home = variables["HOME"], !home.isEmpty else {
            throw Failure(.usage, "HOME is not set. The spy library writes to $HOME/pcsc-spy: set it.")
        }
        let (fifo, folder) = (home + "/pcsc-spy", files.temporaryDirectory.path + "/vstore-spy-\(UUID().uuidString)")
        do {
            try files.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try files.createSymbolicLink(atPath: folder + "/libpcsclite.so.1", withDestinationPath: spy)
            try files.createSymbolicLink(atPath: folder + "/libpcsclite_nospy.so.1", withDestinationPath: real)
        } catch {
            throw Failure(.file, "\(folder): cannot be made. Make room, or set TMPDIR to another folder.")
        }
        // What goes through may be secret.
        guard mkfifo(fifo, 0o600) == 0 else {
            let isThere = errno == EEXIST
            Self.delete(folder)
            throw Failure(
                .file,
                isThere
                    ? "\(fifo): is there already. End the other spy, or remove it where none runs."
                    : "\(fifo): cannot be made. Set HOME to a folder that you may write to.")
        }
        // Read and write: it then opens at once, and does not end when a program does.
        descriptor = open(fifo, O_RDWR | O_CLOEXEC)
        let before = variables["LD_LIBRARY_PATH"].map { ":" + $0 } ?? ""
        environment = ["LD_LIBRARY_PATH": folder + before, "HOME": home]
        (self.folder, self.fifo) = (folder, fifo)
    }

    /// Shows what programs do, until `end()`.
    func listen(sender: TraceSender?, _ tracer: Tracer) async {
        nonisolated(unsafe) let show = tracer.recordSink()
        let descriptor = descriptor
        await OwnThread.run {
            var reader = TraceReader(.spy, file: "the spy library", sender: sender)
            var room = [UInt8](repeating: 0, count: 65_536)
            var rest: [UInt8] = []
            let mark = Array((Self.endMark + "\n").utf8)
            while true {
                let count = read(descriptor, &room, room.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                rest += room[..<count]
                let isOver = rest.suffix(mark.count) == mark[...]
                if isOver { rest.removeLast(mark.count) }
                guard isOver || rest.last == 0x0A else { continue }
                do {
                    for record in try reader.take(rest) { show(record) }
                    if isOver { for record in try reader.finish() { show(record) } }
                } catch {
                    Console.complain(explained(error))
                }
                rest = []
                if isOver { break }
            }
        }
    }

    /// Ends the listening behind what programs wrote so far.
    func end() { Console.write(Self.endMark, to: descriptor) }

    /// Takes everything away again.
    func remove() {
        close(descriptor)
        unlink(fifo)
        Self.delete(folder)
    }

    private static func delete(_ folder: String) {
        for name in ["libpcsclite.so.1", "libpcsclite_nospy.so.1"] { unlink(folder + "/" + name) }
        rmdir(folder)
    }

    private static func library(_ name: String, _ remedy: String) throws -> String {
        let files = FileManager.default
        var folders = ["/usr/local/lib", "/usr/lib64", "/usr/lib", "/lib"]
        do {
            folders += try files.contentsOfDirectory(atPath: "/usr/lib").filter { $0.hasSuffix("-linux-gnu") }
                .map { "/usr/lib/" + $0 }
        } catch {
            folders += []
        }
        guard let folder = folders.last(where: { files.fileExists(atPath: $0 + "/" + name) }) else {
            throw Failure(.file, "\(name): is not on this machine. \(remedy)")
        }
        return folder + "/" + name
    }
}
