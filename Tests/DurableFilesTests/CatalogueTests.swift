import DurableFiles
import SystemPackage
import TestSupport
import Testing

/// The catalogue's examples, in a temporary folder.
@Suite struct CatalogueTests {
    @Test func `settings are replaced whole and read again`() throws {
        let folder = try TemporaryFolder()
        let settings = AtomicFile(at: folder.file("settings.json"))
        try settings.replace(with: Array("{}".utf8))
        let bytes = try settings.read(atMost: 1 << 16)
        #expect(bytes == Array("{}".utf8))
    }

    @Test func `a file in use is reported by its code`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("card.image")
        let image = try LockedFile.create(at: path)
        let error = try #require(Self.failureOfOpening(path))
        #expect(error.code == .locked && error.subject == "\(folder.path)/card.image")
        withExtendedLifetime(image) {}
    }

    private static func failureOfOpening(_ path: FilePath) -> FileError? {
        do throws(FileError) {
            let file = try LockedFile(at: path)
            withExtendedLifetime(file) {}
            return nil
        } catch {
            return error
        }
    }
}
