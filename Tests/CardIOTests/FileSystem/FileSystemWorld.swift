import CardCrypto
import CardIOTesting
import ISO7816

/// A card with a file of every structure, two applications and a PIN.
enum FileSystemWorld {
    static let long: [UInt8] = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

    static func card(_ abilities: FileSystemCard.Abilities = .init()) -> FileSystemCard {
        let wallet = Directory(
            0x5F00, name: [0xA0, 0, 0, 0, 1, 1],
            files: [
                ElementaryFile(0x0001, short: 1, .transparent(Array(0..<200))),
                ElementaryFile(0x0002, short: 2, .linearFixed(length: 3, [[1, 1, 1], [2, 2, 2], [0, 0, 0]])),
                ElementaryFile(0x0003, short: 3, .linearVariable(length: 40, [[1], [2, 2], [3, 3, 3]])),
                ElementaryFile(0x0004, short: 4, .cyclic(length: 2, count: 3, [[9, 9], [8, 8], [7, 7]])),
                ElementaryFile(0x0005, short: 5, access: FileAccess(read: 1, write: 1), .transparent([1, 2, 3])),
                ElementaryFile(0x0006, .transparent(long)),
            ], directories: [Directory(0x5F10, files: [ElementaryFile(0x0001, .transparent([0x55]))])],
            objects: [0x0042: [1, 2, 3], 0x9F7F: Array(repeating: 7, count: 300)])
        let other = Directory(0x5F01, name: [0xA0, 0, 0, 0, 1, 2])
        let root = Directory(
            0x3F00, files: [ElementaryFile(0x2F00, short: 30, .transparent([0x4F, 0]))], directories: [wallet, other])
        let pin = CardPIN(block: [0x24, 0x12, 0x34, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], resettingCode: [1, 2, 3, 4])
        return FileSystemCard(root, pins: [1: pin], abilities: abilities)
    }

    static func pin(_ digits: String) throws -> Secret {
        var ascii = Array(digits.utf8)
        guard let pin = PINDigits(taking: &ascii) else { throw InterindustryError(.outOfRange, "PIN") }
        return try pin.block(.iso9564Format2)
    }

    static let wallet = Selection.name([0xA0, 0, 0, 0, 1, 1])
}
