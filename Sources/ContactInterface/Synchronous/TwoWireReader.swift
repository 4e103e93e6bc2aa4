/// Drives an SLE 4442 or SLE 5542 over the contacts.
public final class TwoWireReader: SecuredMemory {
    private let driver: TwoWireDriver

    /// - Parameter port: contains the card; activated here unless it already is.
    /// - Throws: `MemoryCardError` `.noAnswer`.
    public init(_ port: ContactPort) throws(MemoryCardError) {
        driver = try TwoWireDriver(port)
        super.init(driver)
    }

    /// Resets the card: its first four bytes (ISO/IEC 7816-10, type 1). A verified code stays verified.
    ///
    /// - Throws: `MemoryCardError` `.noAnswer`.
    @discardableResult
    public func reset() throws(MemoryCardError) -> [UInt8] { try driver.reset() }
}
