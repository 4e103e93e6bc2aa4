import DurableFiles
import SystemPackage

/// It needs files, so it is compiled here and not run.
struct DurableFilesArticle {
    func keeping() throws -> [UInt8] {
        let settings = AtomicFile(at: "settings.json")
        try settings.replace(with: Array("{}".utf8))
        let bytes = try settings.read(atMost: 1 << 16)
        return bytes
    }

    func locking() throws {
        do throws(FileError) {
            let image = try LockedFile(at: "card.image")
            print(image.path)
        } catch {
            if error.code == .locked { print("\(error.subject) is open in another program") }
        }
    }
}
