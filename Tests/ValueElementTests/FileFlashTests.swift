import Foundation
import TestSupport
import Testing
import ValueElement
import ValueElementTesting

/// A flash whose pages are kept in a file.
@Suite struct FileFlashTests {
    private static let small = FlashGeometry(pages: 16, pageSize: 512, unit: 16)

    @Test func `it conforms`() throws {
        let folder = try TemporaryFolder(isInMemory: true)
        var count = 0
        func open(_ failure: FailureSwitch) throws -> FlashMemory {
            let flash = try MemoryTests.unlocked { try FileFlash(at: "\(folder.path)/\(count)") }
            flash.failure = failure
            return try FlashMemory(on: flash)
        }
        let conformance = MemoryConformance(
            .init(
                make: { failure in
                    count += 1
                    try FileFlash.create(at: "\(folder.path)/\(count)", [:], geometry: Self.small)
                    return try open(failure)
                }, reopen: open))
        try conformance.check(seed: 1)
    }

    @Test func `what it holds and how it is worn stays`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/flash"
        let first: [RecordName: [UInt8]] = [
            RecordName(1): [1, 2, 3], RecordName(2): [UInt8](repeating: 7, count: 900),
        ]
        try FileFlash.create(at: path, first, geometry: Self.small)
        var erasures: [Int] = []
        do {
            let flash = try FileFlash(at: path)
            #expect(flash.geometry == Self.small)
            #expect(throws: MemoryError(.inUse, "")) { try FileFlash(at: path) }
            let memory = try FlashMemory(on: flash)
            #expect(try memory.load() == first)
            for step in 0..<300 as Range<UInt16> {
                try memory.commit([RecordChange(RecordName(1), [UInt8(step >> 8), UInt8(step & 255)])])
            }
            erasures = flash.erasures
            #expect(try #require(erasures.min()) > 0)
        }
        #expect(throws: MemoryError(.exists, "")) { try FileFlash.create(at: path, [:]) }
        let again = try MemoryFile.open(at: path)
        let flash = try #require((again as? FlashMemory)?.flash as? FileFlash)
        #expect(flash.erasures == erasures)
        #expect(try again.load() == first.merging([RecordName(1): [1, 43]]) { $1 })
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["flash"])
    }

    @Test func `a file is opened by its form`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/log"
        _ = try FileMemory.create(at: path, [RecordName(1): [1]])
        let log = try MemoryFile.open(at: path)
        #expect(log is FileMemory)
        #expect(try log.load() == [RecordName(1): [1]])
        #expect(throws: MemoryError(.missing, "")) { try MemoryFile.open(at: folder.path + "/none") }
        let text = folder.path + "/text"
        try Data("no memory".utf8).write(to: URL(filePath: text))
        #expect(throws: MemoryError(.notMemory, "")) { try MemoryFile.open(at: text) }
        #expect(throws: MemoryError(.notMemory, "")) { try FileFlash(at: text) }
    }

    @Test func `a damaged header is refused`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/flash"
        try FileFlash.create(at: path, [:], geometry: Self.small)
        let whole = try Data(contentsOf: URL(filePath: path))
        // One bit of each field, a file that is too short, and one that is too long.
        for offset in 8..<28 {
            var bytes = whole
            bytes[offset] ^= 1
            try bytes.write(to: URL(filePath: path))
            let code: MemoryError = offset < 10 ? MemoryError(.unknownVersion, "") : MemoryError(.corrupt, "")
            #expect(throws: code, "byte \(offset)") { try FileFlash(at: path) }
        }
        for bytes in [whole.dropLast(), whole + [0], whole.prefix(20)] {
            try bytes.write(to: URL(filePath: path))
            #expect(throws: MemoryError(.corrupt, "")) { try FileFlash(at: path) }
        }
    }

    /// A disk that accepts no more writes: every operation fails until the file is opened again, and then its content
    /// is as before.
    @Test func `after a write that failed it must be opened again`() async {
        await #expect(processExitsWith: .success) {
            let file = try TemporaryFile()
            let path = file.path
            defer { withExtendedLifetime(file) {} }
            try FileFlash.create(at: path, [RecordName(1): [1]], geometry: FlashGeometry(pages: 16, pageSize: 512))
            do {
                let memory = try MemoryFile.open(at: path)
                signal(SIGXFSZ, SIG_IGN)
                var limit = rlimit(rlim_cur: 0, rlim_max: .max)
                setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                let lost = MemoryError(.powerLost, "")
                #expect(throws: lost) { try memory.commit([RecordChange(RecordName(1), [2])]) }
                limit.rlim_cur = .max
                setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                #expect(throws: lost) { try memory.commit([RecordChange(RecordName(1), [3])]) }
                #expect(throws: lost) { try memory.load() }
            }
            #expect(try MemoryFile.open(at: path).load() == [RecordName(1): [1]])
        }
    }
}
