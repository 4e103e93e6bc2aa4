internal import Dispatch
internal import DurableFiles
public import ISO7816
internal import Synchronization
internal import SystemPackage

/// Emulated cards as a station: one memory file, or all files of a folder by name, each put in once.
public final class CardFileStation: CardStation {
    /// Puts itself before the channel to a card, to trace it.
    public typealias Observe = @Sendable (_ channel: InProcessChannel, _ path: String) -> any CardChannel

    /// The path of the file or folder.
    public let name: String
    private let observe: Observe?
    private let waiting: Mutex<[String]>

    /// - Parameters:
    ///   - path: of a card's memory file, or of a folder of them.
    ///   - observe: puts itself before the channel to each card; nil leaves the channel as it is.
    /// - Throws: `MemoryError` `.missing` where nothing is there, `.unreadable` for a folder that cannot be listed.
    public init(_ path: String, observe: Observe? = nil) throws(MemoryError) {
        name = path
        self.observe = observe
        waiting = Mutex(try CardFileStation.files(at: path))
    }

    private static func files(at path: String) throws(MemoryError) -> [String] {
        do throws(FileError) {
            guard let kind = try FileKind.ofTarget(FilePath(folder: path)) else { throw FileError(.missing, path) }
            guard kind == .folder else { return [path] }
            return try Folder.names(in: FilePath(folder: path)).map { "\(path)/\($0)" }
        } catch {
            throw MemoryError(error.code == .missing ? .missing : .unreadable, path, cause: error)
        }
    }

    /// - Throws: `MemoryError` where the next card's file cannot be opened; `CardError` where the card cannot start.
    public func withNextCard<Value: Sendable>(
        _ body: @escaping @Sendable (any CardChannel) -> Value
    ) async throws -> Value? {
        guard let path = waiting.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return nil }
        let observe = observe
        let outcome: Result<Value, any Error> = await withCheckedContinuation { continuation in
            // A serial queue has a thread of its own while it blocks.
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
