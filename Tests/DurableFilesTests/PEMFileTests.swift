import DurableFiles
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct PEMFileTests {
    private static let text = Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8)

    @Test func `a secret is its owner's alone, and nothing is written over`() throws {
        let folder = try TemporaryFolder()
        let mask = umask(0o022)
        defer { umask(mask) }
        try PEMFile.create(Self.text, at: folder.file("key"), isSecret: true)
        try PEMFile.create(Self.text, at: folder.file("pem"), isSecret: false)
        #expect(try folder.permissions("key") == 0o600)
        #expect(try folder.permissions("pem") == 0o644)
        expect(.exists) { try PEMFile.create([1], at: folder.file("key"), isSecret: true) }
        #expect(try PEMFile.read(folder.file("key")) == Self.text)
        #expect(try folder.names() == ["key", "pem"])
    }

    @Test func `what is not PEM is refused, and nothing is nil`() throws {
        let folder = try TemporaryFolder()
        #expect(try PEMFile.read(folder.file("none")) == nil)
        for bytes in [[], Array("notes".utf8)] {
            try folder.write(bytes, "a")
            expect(.wrongHeader) { try PEMFile.read(folder.file("a")) }
        }
        try folder.write([0xFF] + Self.text, "a")
        expect(.notText) { try PEMFile.read(folder.file("a")) }
        try folder.write(Self.text + [UInt8](repeating: 0x0A, count: PEMFile.maxBytes), "a")
        expect(.tooLarge) { try PEMFile.read(folder.file("a")) }
        expect(.isFolder) { try PEMFile.read(folder.filePath) }
    }
}
