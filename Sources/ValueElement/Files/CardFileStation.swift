internal import Dispatch
internal import DurableFiles
public import ISO7816
internal import Synchronization
internal import SystemPackage

/// Emulated cards as a station: one memory file, or all files of a folder in name order, each inserted once.
public final class CardFileStation: CardStation {
    /// Wraps the channel to a card, to trace it.
    public typealias Observe = @Sendable (_ channel: InProcessChannel, _ path: String) -> any CardChannel

    /// The path of the file or folder.
    public let name: String
    private let observe: Observe?
    private let waiting: Mutex<[String]>

    /// - Parameters:
    ///   - path: a card's memory file, or a folder of them.
    ///   - observe: wraps the channel to each card; nil leaves the channel unwrapped.
    /// - Throws: `MemoryError` `.missing` if nothing exists at the path, `.unreadable` for a folder that cannot be
    ///   listed.
    public init(_ path: String, observe: Observe? = nil) throws(MemoryError) {
        name = path
        self.observe = observe
        waiting = Mutex(try CardFileStation.files(at: path))
    }

    private static func files(at path: String) throws(MemoryError) -> [String] {
        let (kind, names) = try onFile(.unreadable) { () throws(FileError) -> (FileKind?, [String]) in
            let folder = try FilePath(folder: path)
            let kind = try FileKind.ofTarget(folder)
            return (kind, kind == .folder ? try Folder.names(in: folder).map(\.string) : [])
        }
        guard let kind else { throw MemoryError(.missing, path) }
        return kind == .folder ? names.map { path + "/" + $0 } : [path]
    }

    /// - Throws: `MemoryError` if the next card's file cannot be opened; `CardError` if the card cannot start.
    public func withNextCard<Value: Sendable>(
        _ body: @escaping @Sendable (any CardChannel) -> Value
    ) async throws -> Value? {
        guard let path = waiting.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return nil }
        let observe = observe
        let outcome: Result<Value, any Error> = await withCheckedContinuation { continuation in
            // A serial queue has its own thread while it blocks.
            DispatchQueue(label: "card \(path)").async {
                continuation.resume(
                    returning: Result {
                        let channel = try InProcessChannel(try ValueCard.open(at: path), name: path)
                        return body(observe?(channel, path) ?? channel)
                    })
            }
        }
        return try outcome.get()
    }
}
