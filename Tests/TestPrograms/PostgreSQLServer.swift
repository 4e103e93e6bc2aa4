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
    private let running = Monitor<RunningProgram?>(nil)

    /// The one server that tests share which do not stop it; it ends with this process.
    package static let shared = Result {
        let server = try PostgreSQLServer()
        serverAtExit.withLock { $0 = server }
        atexit { serverAtExit.withLock { $0 = nil } }
        return server
    }

    /// Makes a cluster, and starts its server.
    package init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "pg-" + UUID().uuidString.prefix(8))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let directory = try Program("pg_config", ["--bindir"]).runBlocking()
        programs = directory.output.trimmingCharacters(in: .whitespacesAndNewlines)
        if getuid() == 0 { try run(Program("chown", ["postgres", folder.path])) }
        try run(owned("initdb", ["--no-sync", "--auth=trust", "--username=postgres", "-E", "UTF8"]))
        try start()
    }

    deinit {
        stop()
        do {
            try FileManager.default.removeItem(at: folder)
        } catch {
            print("\(folder.path): \(error)")
        }
    }

    package func start() throws {
        let settings = [
            "listen_addresses=", "unix_socket_directories=\(folder.path)", "fsync=off", "max_connections=200",
        ]
        let server = try RunningProgram(owned("postgres", settings.flatMap { ["-c", $0] }), errors: .merged)
        try server.wait(for: "ready to accept connections")
        running.withLock { $0 = server }
    }

    /// Ends the server as a crash does: its connections are cut, and it recovers when it starts again.
    package func stop() {
        running.withLock { server in
            guard let ending = server else { return }
            _ = kill(ending.process, SIGQUIT)
            ending.waitForEnd()
            server = nil
        }
    }

    /// An empty database of a test's own.
    ///
    /// - Returns: how to connect to it.
    package func database() throws -> String {
        let name = "t" + UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
        try execute("CREATE DATABASE \(name) TEMPLATE template0", in: "postgres")
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

    /// A program of the server, as the owner of its files.
    private func owned(_ program: String, _ arguments: [String]) -> Program {
        let command = [programs + "/" + program, "-D", folder.path + "/data"] + arguments
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

/// The server that ends with this process.
private let serverAtExit = Monitor<PostgreSQLServer?>(nil)
