/// A NOR flash: pages are erased whole, to all ones; programming a unit only clears bits.
///
/// An operation that returned is complete and survives any power cut; one that did not return may be partly done.
public protocol FlashDevice: AnyObject {
    /// Its name in errors.
    var name: String { get }
    var geometry: FlashGeometry { get }

    /// A page's bytes.
    ///
    /// - Parameter page: its index, from 0.
    /// - Throws: `MemoryError` `.powerLost`, `.unreadable`.
    func read(page: Int) throws(MemoryError) -> ArraySlice<UInt8>

    /// Erases a page.
    ///
    /// - Parameter page: its index.
    /// - Throws: `MemoryError` `.powerLost`; `.writeFailed` if the page is worn out.
    func erase(page: Int) throws(MemoryError)

    /// Programs whole units: clears the bits that are 0 in `content`.
    ///
    /// - Parameters:
    ///   - content: a multiple of the unit.
    ///   - page: its index.
    ///   - offset: within the page, a multiple of the unit.
    /// - Throws: `MemoryError` `.powerLost`; `.writeFailed` if a unit is not erased, or content and offset are not
    ///   whole units within the page.
    func program(_ content: [UInt8], page: Int, at offset: Int) throws(MemoryError)
}

/// The geometry of a flash device.
public struct FlashGeometry: Sendable, Hashable {
    /// 8 or more.
    public let pages: Int
    /// Bytes per page: a multiple of the unit, 256 to 65,536.
    public let pageSize: Int
    /// Bytes per programming operation: 1 to 16, a divisor of 16.
    public let unit: Int
    /// Erasures that a page endures.
    public let endurance: Int

    /// - Parameters:
    ///   - pages: 8 or more.
    ///   - pageSize: bytes, a multiple of 16, 256 to 65,536.
    ///   - unit: bytes, a divisor of 16.
    ///   - endurance: erasures per page.
    public init(pages: Int = 256, pageSize: Int = 4_096, unit: Int = 8, endurance: Int = 100_000) {
        precondition(pages >= 8, "a log needs eight pages")
        precondition((256...65_536).contains(pageSize) && pageSize % 16 == 0, "pages of 256 to 65,536 bytes")
        precondition(unit > 0 && 16 % unit == 0, "a unit divides 16 bytes")
        self.pages = pages
        self.pageSize = pageSize
        self.unit = unit
        self.endurance = endurance
    }

    /// Nil if no such device can exist.
    init?(checking pages: Int, pageSize: Int, unit: Int, endurance: Int) {
        guard pages >= 8, (256...65_536).contains(pageSize), pageSize % 16 == 0, unit > 0, 16 % unit == 0 else {
            return nil
        }
        self.init(pages: pages, pageSize: pageSize, unit: unit, endurance: endurance)
    }
}
