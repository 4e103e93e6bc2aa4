import Foundation

/// A unique path for a test's file, which is removed with the object.
final class TemporaryFile {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("issuing-\(UUID()).txt").path

    deinit { unlink(path) }

    func read() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
    func write(_ bytes: some Sequence<UInt8>) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
}
