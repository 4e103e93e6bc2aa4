/// Drives an SLE 4442 or SLE 5542 over the contacts.
public final class TwoWireReader: SecuredMemory {
    private let driver: TwoWireDriver

    /// - Parameter port: has the card in; it is activated here where it is not yet.
    /// - Throws: `MemoryCardError` `.noAnswer`.
    public init(_ port: ContactPort) throws(MemoryCardError) {
        driver = try TwoWireDriver(port)
        super.init(driver)
    }

    /// Resets the card: its first four bytes (ISO/IEC 7816-10, type 1). What was verified stays so.
    ///
    /// - Throws: `MemoryCardError` `.noAnswer`.
    @discardableResult
    public func reset() throws(MemoryCardError) -> [UInt8] { try driver.reset() }
}
