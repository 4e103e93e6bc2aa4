internal import DurableFiles
internal import SystemPackage
internal import ValueProtocol

/// A NOR flash like ``SimulatedFlash``, but with its pages in a file, so that they outlive the program.
///
/// The file is `"VSFLASH" ‖ 00 ‖ version u16 ‖ unit u16 ‖ pages u32 ‖ bytes of a page u32 ‖ endurance u32 ‖ CRC of
/// these u32`, padded to 32 bytes; then the erase count of each page, u32; then the pages. Each operation is synced
/// before it returns, which a log relies on when it frees a page.
public final class FileFlash: FlashDevice {
    private let file: LockedFile
    private let flash: SimulatedFlash
    /// Why writing has failed: the file's content is known only after it is opened again.
    private var loss: MemoryError?

    private static let magic = Array("VSFLASH".utf8) + [0]
    private static let version: UInt16 = 1
    private static let headerCount = 32

    public var name: String { flash.name }
    public var geometry: FlashGeometry { flash.geometry }
    /// Erase count of each page since it was created.
    public var erasures: [Int] { flash.erasures }
    /// Asked before each unit is programmed and each page is erased.
    public var failure: FailureSwitch? {
        get { flash.failure }
        set { flash.failure = newValue }
    }

    /// Makes a flash that holds `records`; on failure no file is left.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - records: of the memory in it.
    ///   - geometry: of the flash.
    /// - Throws: `MemoryError` `.exists`, `.writeFailed`, `.inUse`.
    public static func create(
        at path: String, _ records: [RecordName: [UInt8]], geometry: FlashGeometry = FlashGeometry()
    ) throws(MemoryError) {
        let flash = SimulatedFlash(geometry, name: path)
        _ = try FlashMemory.create(on: flash, records)
        // Reserves the name, so that no other process uses it meanwhile.
        let reserved = try LockedFile.new(path)
        do throws(MemoryError) {
            let fresh = try LockedFile.new(beside: path)
            do throws(MemoryError) {
                let counts = flash.erasures.reduce(into: [UInt8]()) { $0.append(bigEndian: UInt32($1)) }
                try onFile(.writeFailed) { () throws(FileError) in
                    try fresh.write(header(geometry), at: 0)
                    try fresh.write(counts + flash.content, at: headerCount)
                    try fresh.replace(FilePath(file: path))
                }
            } catch {
                fresh.discard()
                throw error
            }
            try fresh.settle()
        } catch {
            if error == MemoryError(.writeFailed, "") { reserved.discard() }
            throw error
        }
    }

    /// Opens the flash in the file at `path`. If a write fails later, every operation then fails with `.powerLost`
    /// until the file is opened again.
    ///
    /// - Parameter path: of the file.
    /// - Throws: `MemoryError` `.missing`, `.unreadable`, `.inUse`, `.notMemory`, `.unknownVersion`, `.corrupt`.
    public convenience init(at path: String) throws(MemoryError) { try self.init(try LockedFile.open(path), path) }

    /// Takes ownership of an open file.
    init(_ file: LockedFile, _ path: String) throws(MemoryError) {
        self.file = file
        let bytes = try onFile(.unreadable) { () throws(FileError) in try file.readAll() }
        guard FileFlash.isFlash(bytes) else { throw MemoryError(.notMemory, path) }
        let geometry = try FileFlash.geometry(bytes, path)
        let pages = FileFlash.headerCount + 4 * geometry.pages
        guard bytes.count == pages + geometry.pages * geometry.pageSize else { throw MemoryError(.corrupt, path) }
        var reader = ByteReader(bytes.span)
        _ = reader.readBytes(FileFlash.headerCount)
        let erasures = (0..<geometry.pages).map { _ in Int(reader.read() as UInt32) }
        flash = SimulatedFlash(geometry, name: path, erasures: erasures, bytes: Array(bytes[pages...]))
    }

    /// Whether the bytes of a file begin like those of a flash file.
    static func isFlash(_ bytes: [UInt8]) -> Bool { bytes.starts(with: magic) }

    public func read(page: Int) throws(MemoryError) -> ArraySlice<UInt8> {
        try check()
        return try flash.read(page: page)
    }

    public func erase(page: Int) throws(MemoryError) {
        try check()
        try keeping(page) { () throws(MemoryError) in try flash.erase(page: page) }
    }

    public func program(_ content: [UInt8], page: Int, at offset: Int) throws(MemoryError) {
        try check()
        try keeping(page) { () throws(MemoryError) in try flash.program(content, page: page, at: offset) }
    }

    private func check() throws(MemoryError) { if let loss { throw loss } }

    /// Writes the page to the file after an operation, even if power was cut during it.
    private func keeping(_ page: Int, _ operation: () throws(MemoryError) -> Void) throws(MemoryError) {
        let before = flash.erasures[page]
        let result = Result { () throws(MemoryError) in try operation() }
        do throws(FileError) {
            if flash.erasures[page] != before {
                var count: [UInt8] = []
                count.append(bigEndian: UInt32(flash.erasures[page]))
                try file.write(count, at: FileFlash.headerCount + 4 * page)
            }
            let start = FileFlash.headerCount + 4 * geometry.pages + page * geometry.pageSize
            try file.write(flash.content(of: page), at: start)
            try file.synchronize()
        } catch {
            let failure = MemoryError(.powerLost, name, cause: error.reason)
            loss = failure
            throw failure
        }
        try result.get()
    }

    // MARK: The header

    private static func header(_ geometry: FlashGeometry) -> [UInt8] {
        var bytes = magic
        bytes.append(bigEndian: version)
        bytes.append(bigEndian: UInt16(geometry.unit))
        for value in [geometry.pages, geometry.pageSize, geometry.endurance] { bytes.append(bigEndian: UInt32(value)) }
        bytes.append(bigEndian: CRC32.of(bytes[...]))
        return bytes + [UInt8](repeating: 0, count: headerCount - bytes.count)
    }

    private static func geometry(_ bytes: [UInt8], _ path: String) throws(MemoryError) -> FlashGeometry {
        guard bytes.count >= headerCount else { throw MemoryError(.corrupt, path) }
        var reader = ByteReader(bytes.span)
        _ = reader.readBytes(magic.count)
        guard reader.read() as UInt16 == version else { throw MemoryError(.unknownVersion, path) }
        let unit = Int(reader.read() as UInt16)
        let (pages, size, endurance) = (
            Int(reader.read() as UInt32), Int(reader.read() as UInt32), Int(reader.read() as UInt32)
        )
        guard reader.read() as UInt32 == CRC32.of(bytes.prefix(24)),
            let geometry = FlashGeometry(checking: pages, pageSize: size, unit: unit, endurance: endurance)
        else { throw MemoryError(.corrupt, path) }
        return geometry
    }
}
