import DurableFiles
import SystemPackage
import Testing

/// What the catalogue shows, with a folder of its own.
@Suite struct CatalogueTests {
    @Test func `settings are replaced whole and read again`() throws {
        let folder = try TemporaryFolder()
        let settings = AtomicFile(at: folder.file("settings.json"))
        try settings.replace(with: Array("{}".utf8))
        let bytes = try settings.read(atMost: 1 << 16)
        #expect(bytes == Array("{}".utf8))
    }

    @Test func `a file in use is told by its code`() throws {
        let folder = try TemporaryFolder()
        let image = try LockedFile.create(at: folder.file("card.image"))
        var told: [String] = []
        do {
            _ = try LockedFile(at: folder.file("card.image"))
        } catch let error where error.code == .locked {
            told.append("\(error.subject) is open in another program")
        }
        #expect(told == ["\(folder.text)/card.image is open in another program"])
        withExtendedLifetime(image) {}
    }
}
