import Foundation

/// A folder for one test, removed with this object.
package final class TestFolder {
    package let path: String

    package init() throws {
        // In memory where the system has such a folder: hundreds of files are synced over and over.
        let memory = "/dev/shm/"
        let parent = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        path = parent + "valuestore-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
