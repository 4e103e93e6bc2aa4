import CardIO
import DurableFiles
import ISO7816
import Issuing
import Synchronization
import SystemPackage

/// Emulated cards as a station of a batch: one file, or all files of a folder by name, each put in once.
final class FileStation: IssuingStation {
    let name: String
    private let tracer: Tracer?
    private let waiting: Mutex<[String]>

    init(_ path: String, tracer: Tracer?) throws {
        name = path
        self.tracer = tracer
        let kind: FileKind?
        let names: [String]
        do throws(FileError) {
            let folder = try FilePath(folder: path)
            kind = try FileKind.ofTarget(folder)
            names = kind == .folder ? try Folder.names(in: folder).map(\.string) : []
        } catch {
            throw Failure(reading: error, path)
        }
        guard let kind else {
            throw Failure(.file, "\(path): there is no such card, nor a folder of cards. Check its name.")
        }
        waiting = Mutex(kind == .folder ? names.map { path + "/" + $0 } : [path])
    }

    func withNextCard<Value: Sendable>(
        _ body: @escaping @Sendable (any CardChannel) -> Value
    ) async throws -> Value? {
        guard let path = waiting.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return nil }
        let (tracer, thread) = (tracer, try CardThread())
        let outcome: Result<Value, any Error> = await withCheckedContinuation { continuation in
            thread.perform {
                continuation.resume(
                    returning: Result {
                        let channel = try InProcessChannel(try EmulatedCard.open(path), name: path)
                        return body(tracer?.trace(channel, name: path) ?? channel)
                    })
            }
        }
        return try outcome.get()
    }
}
