import CardCrypto
import ContactInterface

/// A memory card that the bench inserts, by the name that an operator gives it: new, and none that a meter accepts.
enum BenchMemoryCard: String, CaseIterable {
    case sle4442
    case at24c01
    case at24c02
    case at24c04
    case at24c08
    case at24c16
    case at24c32
    case at24c64
    case at24c128
    case at24c256
    case at24c512
    case at24c1024

    /// A new card, with the code of delivery where it has one.
    var card: any ContactCard {
        switch self {
        case .sle4442: TwoWireCard(code: Secret(copying: [0xFF, 0xFF, 0xFF]))
        case .at24c01: I2CMemoryCard(.at24c01)
        case .at24c02: I2CMemoryCard(.at24c02)
        case .at24c04: I2CMemoryCard(.at24c04)
        case .at24c08: I2CMemoryCard(.at24c08)
        case .at24c16: I2CMemoryCard(.at24c16)
        case .at24c32: I2CMemoryCard(.at24c32)
        case .at24c64: I2CMemoryCard(.at24c64)
        case .at24c128: I2CMemoryCard(.at24c128)
        case .at24c256: I2CMemoryCard(.at24c256)
        case .at24c512: I2CMemoryCard(.at24c512)
        case .at24c1024: I2CMemoryCard(.at24c1024)
        }
    }
}
