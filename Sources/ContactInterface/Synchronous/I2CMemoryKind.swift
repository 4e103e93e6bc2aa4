/// A kind of I²C memory (AT24Cxx): its size, its pages and how it is addressed, from its data sheet.
public struct I2CMemoryKind: Sendable, Hashable, CustomStringConvertible {
    /// The manufacturer's name.
    public let description: String
    /// Size in bytes.
    public let capacity: Int
    /// Maximum bytes per write: a write wraps at the end of its page.
    public let pageSize: Int
    /// Address bytes after the device address; the device address holds any higher bits, such as the 17th.
    public let addressBytes: Int

    private init(_ description: String, _ capacity: Int, page: Int, addressBytes: Int) {
        self.description = description
        self.capacity = capacity
        pageSize = page
        self.addressBytes = addressBytes
    }

    public static let at24c01 = I2CMemoryKind("AT24C01", 128, page: 8, addressBytes: 1)
    public static let at24c02 = I2CMemoryKind("AT24C02", 256, page: 8, addressBytes: 1)
    public static let at24c04 = I2CMemoryKind("AT24C04", 512, page: 16, addressBytes: 1)
    public static let at24c08 = I2CMemoryKind("AT24C08", 1024, page: 16, addressBytes: 1)
    public static let at24c16 = I2CMemoryKind("AT24C16", 2048, page: 16, addressBytes: 1)
    public static let at24c32 = I2CMemoryKind("AT24C32", 4096, page: 32, addressBytes: 2)
    public static let at24c64 = I2CMemoryKind("AT24C64", 8192, page: 32, addressBytes: 2)
    public static let at24c128 = I2CMemoryKind("AT24C128", 16_384, page: 64, addressBytes: 2)
    public static let at24c256 = I2CMemoryKind("AT24C256", 32_768, page: 64, addressBytes: 2)
    public static let at24c512 = I2CMemoryKind("AT24C512", 65_536, page: 128, addressBytes: 2)

    /// Its 17th address bit is in the device address.
    public static let at24c1024 = I2CMemoryKind("AT24C1024", 131_072, page: 256, addressBytes: 2)

    /// All kinds.
    public static let all = [
        at24c01, at24c02, at24c04, at24c08, at24c16, at24c32, at24c64, at24c128, at24c256, at24c512, at24c1024,
    ]

    /// Any card of 1 to 16 kbit.
    static func small(pageSize: Int) -> I2CMemoryKind {
        I2CMemoryKind("I²C card of 1 to 16 kbit", 2_048, page: pageSize, addressBytes: 1)
    }

    /// Any card of 32 to 1,024 kbit.
    static func large(pageSize: Int) -> I2CMemoryKind {
        I2CMemoryKind("I²C card of 32 to 1,024 kbit", 131_072, page: pageSize, addressBytes: 2)
    }

    /// The device address with its higher address bits, for writing (R/W is 0).
    func deviceAddress(of address: Int) -> UInt8 {
        0xA0 | UInt8(truncatingIfNeeded: address >> (8 * addressBytes)) << 1 & blockMask
    }

    /// The device address bits that belong to the memory address.
    var blockMask: UInt8 { UInt8((capacity - 1) >> (8 * addressBytes)) << 1 }
}
