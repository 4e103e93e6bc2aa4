import CardIO
import ISO7816
import Issuing
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Emulated cards as a station of a batch: one file, or all files of a folder by name, each put in once.
final class FileStation: IssuingStation {
    let name: String
    private let tracer: Tracer?
    private let waiting: Mutex<[String]>

    init(_ path: String, tracer: Tracer?) throws {
        name = path
        self.tracer = tracer
        var isFolder = false
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
            let files = isFolder ? try FileManager.default.contentsOfDirectory(atPath: path).sorted() : []
            waiting = Mutex(isFolder ? files.map { path + "/" + $0 } : [path])
        } catch {
            throw Failure(.file, "\(path): there is no such card, nor a folder of cards. Check its name.")
        }
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
