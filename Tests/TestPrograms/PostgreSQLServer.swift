import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A PostgreSQL server of a test's own, on a socket in a temporary folder; it listens on no port.
///
/// The server must not be root's: as root, it runs as the user `postgres` of the package.
package final class PostgreSQLServer: Sendable {
    /// What went wrong, with what the program said.
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    private let folder: URL
    private let programs: String
    /// The shell that has started the server, and ends it when its input ends: with this process at the latest.
    private let shell = Monitor<RunningProgram?>(nil)

    /// The one server that tests share which do not stop it; it ends with this process, and its files go.
    package static let shared = Result { try PostgreSQLServer(isShared: true) }

    /// Makes a cluster, and starts its server.
    package convenience init() throws { try self.init(isShared: false) }

    private init(isShared: Bool) throws {
        folder = try Self.parent().appending(path: "pg-" + UUID().uuidString.prefix(8))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let directory = try Program("pg_config", ["--bindir"]).runBlocking()
        programs = directory.output.trimmingCharacters(in: .whitespacesAndNewlines)
        if getuid() == 0 { try run(Program("chown", ["postgres", folder.path])) }
        try run(
            Self.owned([
                programs + "/initdb", "-D", data, "--no-sync", "--auth=trust", "--username=postgres", "-E", "UTF8",
            ]))
        try start(removing: isShared ? folder.path : "")
    }

    deinit {
        stop()
        do {
            try FileManager.default.removeItem(at: folder)
        } catch {
            print("\(folder.path): \(error)")
        }
    }

    private var data: String { folder.path + "/data" }

    package func start() throws { try start(removing: "") }

    /// - Parameter removed: the folder that goes with the server; nothing if it is empty.
    private func start(removing removed: String) throws {
        let script = """
            removed=$1; shift
            "$@" 2>&1 < /dev/null & server=$!
            cat > /dev/null
            kill -QUIT $server; wait $server
            if [ -n "$removed" ]; then rm -rf "$removed"; fi
            """
        let settings = [
            "listen_addresses=", "unix_socket_directories=\(folder.path)", "fsync=off", "max_connections=200",
        ]
        let server = [programs + "/postgres", "-D", data] + settings.flatMap { ["-c", $0] }
        let running = try RunningProgram(Self.owned(["/bin/sh", "-c", script, "sh", removed] + server))
        try running.wait(for: "ready to accept connections")
        shell.withLock { $0 = running }
    }

    /// Ends the server as a crash does: its connections are cut, and it recovers when it starts again.
    package func stop() {
        shell.withLock { running in
            guard let ending = running else { return }
            do {
                try ending.closeInput()
            } catch {
                preconditionFailure("the server's input cannot be closed: \(error)")
            }
            ending.waitForEnd()
            running = nil
        }
    }

    /// An empty database of a test's own.
    ///
    /// - Returns: how to connect to it.
    package func database() throws -> String { try database(like: "template0") }

    /// A copy of a database to which nobody is connected.
    ///
    /// - Parameter address: how to connect to it.
    /// - Returns: how to connect to the copy.
    package func database(copying address: String) throws -> String {
        guard let name = URL(string: address)?.lastPathComponent else { throw Failed(description: address) }
        return try database(like: name)
    }

    private func database(like template: String) throws -> String {
        let name = "t" + UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
        try execute("CREATE DATABASE \(name) TEMPLATE \(template)", in: "postgres")
        return "postgresql:///\(name)?host=\(folder.path)&user=postgres"
    }

    /// Carries out SQL as somebody with a shell does.
    ///
    /// - Parameter database: its name, or how to connect to it.
    /// - Returns: the rows, unaligned.
    @discardableResult
    package func execute(_ sql: String, in database: String) throws -> String {
        let name = database.contains(":") ? database : "postgresql:///\(database)?host=\(folder.path)&user=postgres"
        return try run(Program("psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, name]))
    }

    /// A folder that the server's user reaches: root's own temporary one may be closed to others.
    private static func parent() throws -> URL {
        let folders = [FileManager.default.temporaryDirectory, URL(filePath: "/tmp"), URL(filePath: "/var/tmp")]
        return try folders.first { try owned(["test", "-x", $0.path]).runBlocking().status == 0 } ?? folders[0]
    }

    /// A program of the server, as the owner of its files.
    private static func owned(_ command: [String]) -> Program {
        let user = ["--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--"]
        let root = URL(filePath: "/")
        return getuid() == 0
            ? Program("setpriv", user + command, in: root) : Program(command[0], Array(command.dropFirst()), in: root)
    }

    @discardableResult
    private func run(_ program: Program) throws -> String {
        let outcome = try program.runBlocking()
        guard outcome.status == 0 else {
            throw Failed(
                description: "\(program.path) \(program.arguments.joined(separator: " ")): \(outcome.errors)")
        }
        return outcome.output
    }
}
