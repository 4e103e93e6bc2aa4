/// A NOR flash: pages that are erased whole, to all ones, and units in which bits are only cleared.
///
/// An operation that returned is done, past any power cut; of one that did not, a part may be.
public protocol FlashDevice: AnyObject {
    /// What it is called in errors.
    var name: String { get }
    var geometry: FlashGeometry { get }

    /// A page's bytes.
    ///
    /// - Parameter page: which, from 0 on.
    /// - Throws: `MemoryError` `.powerLost`, `.unreadable`.
    func read(page: Int) throws(MemoryError) -> ArraySlice<UInt8>

    /// Erases a page.
    ///
    /// - Parameter page: which.
    /// - Throws: `MemoryError` `.powerLost`; `.writeFailed` where the page is worn out.
    func erase(page: Int) throws(MemoryError)

    /// Programs whole units: clears the bits that are 0 in `content`.
    ///
    /// - Parameters:
    ///   - content: a multiple of the unit.
    ///   - page: which.
    ///   - offset: within the page, a multiple of the unit.
    /// - Throws: `MemoryError` `.powerLost`; `.writeFailed` where a unit is not erased, or content and place are no whole
    ///   units of the page.
    func program(_ content: [UInt8], page: Int, at offset: Int) throws(MemoryError)
}

/// How a part is laid out.
public struct FlashGeometry: Sendable, Hashable {
    /// 8 or more.
    public let pages: Int
    /// Bytes of a page: a multiple of the unit, 256 to 65,536.
    public let pageSize: Int
    /// Bytes that are programmed at once: 1 to 16, a divisor of 16.
    public let unit: Int
    /// Erasures that a page stands.
    public let endurance: Int

    /// - Parameters:
    ///   - pages: 8 or more.
    ///   - pageSize: bytes, a multiple of 16, 256 to 65,536.
    ///   - unit: bytes, a divisor of 16.
    ///   - endurance: erasures of a page.
    public init(pages: Int = 256, pageSize: Int = 4_096, unit: Int = 8, endurance: Int = 100_000) {
        precondition(pages >= 8, "a log needs eight pages")
        precondition((256...65_536).contains(pageSize) && pageSize % 16 == 0, "pages of 256 to 65,536 bytes")
        precondition(unit > 0 && 16 % unit == 0, "a unit divides 16 bytes")
        self.pages = pages
        self.pageSize = pageSize
        self.unit = unit
        self.endurance = endurance
    }

    /// Nil where there can be no such part.
    init?(checking pages: Int, pageSize: Int, unit: Int, endurance: Int) {
        guard pages >= 8, (256...65_536).contains(pageSize), pageSize % 16 == 0, unit > 0, 16 % unit == 0 else {
            return nil
        }
        self.init(pages: pages, pageSize: pageSize, unit: unit, endurance: endurance)
    }
}
