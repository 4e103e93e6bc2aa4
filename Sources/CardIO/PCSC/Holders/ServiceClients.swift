#if os(Linux)
import DurableFiles
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif
#endif

/// Who is connected to the PC/SC service, as far as the system lets this user find out.
///
/// The service itself tells nobody. On Linux the kernel tells which sockets are connected to that of the service, and
/// `/proc` whose they are: those of all users to root, to others their own.
struct ServiceClients: Sendable, Hashable {
    /// Other programs, by the numbers of their processes.
    var others: [ConnectedProgram] = []
    /// How many connections are this program's.
    var ownCount = 0
    /// How many connections belong to programs that this user may not look into.
    var hiddenCount = 0

    #if os(Linux)
    /// Looks at the system until two looks agree, since sockets and processes that come and go meanwhile hide others.
    static func now() -> ServiceClients {
        var last = look()
        for _ in 1..<mostLooks {
            let next = look()
            if next == last { break }
            last = next
        }
        return last
    }

    private static let mostLooks = 5

    private static func look() -> ServiceClients {
        guard let file = SystemSockets.file(ServiceSocket.path) else { return ServiceClients() }
        let peers = SystemSockets.connected().filter { $0.file == file }.compactMap(\.peer)
        return ServiceClients(of: Set(peers))
    }

    /// Finds the programs that have the sockets of these numbers open.
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

    /// Empty where this user may not look, or the process is gone meanwhile.
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
    /// This system does not tell.
    static func now() -> ServiceClients { ServiceClients() }
    #endif

    init(others: [ConnectedProgram] = [], ownCount: Int = 0, hiddenCount: Int = 0) {
        (self.others, self.ownCount, self.hiddenCount) = (others, ownCount, hiddenCount)
    }
}
