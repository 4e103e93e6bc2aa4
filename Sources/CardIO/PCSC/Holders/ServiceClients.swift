#if os(Linux)
import DurableFiles
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif
#endif

/// The clients connected to the PC/SC service, as far as this user may see them.
///
/// The service itself does not tell. On Linux the kernel lists the sockets connected to that of the service, and
/// `/proc` tells their processes: those of all users to root, to other users only their own.
struct ServiceClients: Sendable, Hashable {
    /// Other programs, by process ID.
    var others: [ConnectedProgram] = []
    /// Number of connections of this program.
    var ownCount = 0
    /// Number of connections of programs that this user may not inspect.
    var hiddenCount = 0

    #if os(Linux)
    /// Repeats until two snapshots agree, since sockets and processes that come and go meanwhile hide others.
    static func now() -> ServiceClients {
        var last = look()
        for _ in 1..<maxAttempts {
            let next = look()
            if next == last { break }
            last = next
        }
        return last
    }

    private static let maxAttempts = 5

    private static func look() -> ServiceClients {
        guard let file = SystemSockets.file(ServiceSocket.path) else { return ServiceClients() }
        let peers = SystemSockets.connected().filter { $0.file == file }.compactMap(\.peer)
        return ServiceClients(of: Set(peers))
    }

    /// Finds the programs that have these socket inodes open.
    private init(of sockets: Set<UInt32>) {
        guard !sockets.isEmpty else { return }
        let links = Dictionary(sockets.map { ("socket:[\($0)]", $0) }, uniquingKeysWith: { first, _ in first })
        var found: Set<UInt32> = []
        for process in Self.entries("/proc").compactMap({ Int32($0) }).sorted() {
            let open = Set(
                Self.entries("/proc/\(process)/fd").compactMap { links[Self.link("/proc/\(process)/fd/\($0)")] })
            guard !open.isEmpty else { continue }
            found.formUnion(open)
            if process == getpid() {
                ownCount = open.count
            } else {
                others.append(ConnectedProgram(name: Self.name(process), process: process))
            }
        }
        hiddenCount = sockets.subtracting(found).count
    }

    /// Empty where this user has no permission, or the process is gone meanwhile.
    private static func entries(_ folder: String) -> [String] {
        do { return try Folder.names(in: FilePath(folder: folder)).map(\.string) } catch { return [] }
    }

    private static func link(_ path: String) -> String {
        do { return try ExternalFile.target(ofLink: FilePath(file: path)) } catch { return "" }
    }

    private static func name(_ process: Int32) -> String {
        do {
            let name = try InputFile(at: FilePath(file: "/proc/\(process)/comm")).readAll(atMost: 4096)
            return String(decoding: name.prefix { $0 != 0x0A }, as: UTF8.self)
        } catch {
            return "process"
        }
    }
    #else
    /// Not supported by this system.
    static func now() -> ServiceClients { ServiceClients() }
    #endif

    init(others: [ConnectedProgram] = [], ownCount: Int = 0, hiddenCount: Int = 0) {
        (self.others, self.ownCount, self.hiddenCount) = (others, ownCount, hiddenCount)
    }
}
