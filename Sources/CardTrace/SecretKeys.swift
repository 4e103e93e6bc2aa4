import ISO7816

extension SecretData {
    /// PUT KEY (GlobalPlatform Card Specification 2.3, 11.8.2.3): the version, then for each key its type, length and
    /// value, and the length and bytes of a check value. A MAC may follow.
    ///
    /// Where a length does not fit, the key values before it are secret, and all from it on. What stands before it is
    /// only known for what it is where a type that exists is followed by a length that a key can have.
    static func keyBytes(_ command: CommandBytes, _ data: Range<Int>) -> [Range<Int>]? {
        for count in macLengths(command) where data.count > count {
            var keys = KeyBlocks(command, data.lowerBound + 1..<data.upperBound - count)
            keys.read()
            if keys.fault == nil, !keys.values.isEmpty { return keys.values }
        }
        var keys = KeyBlocks(command, data.after(1))
        keys.read()
        guard let fault = keys.fault, fault > data.lowerBound + 1 else { return nil }
        return keys.values.filter { $0.upperBound <= fault } + [fault..<data.upperBound]
    }

    /// The keys of a PUT KEY, one after the other.
    private struct KeyBlocks {
        private let command: CommandBytes
        private var rest: Range<Int>
        /// The secret bytes of the keys that were read.
        private(set) var values: [Range<Int>] = []
        /// From where bytes may be any; nil where all were read.
        private(set) var fault: Int?

        init(_ command: CommandBytes, _ blocks: Range<Int>) { (self.command, rest) = (command, blocks) }

        mutating func read() { while !rest.isEmpty, fault == nil { readOne() } }

        private mutating func readOne() {
            let type = command[rest.lowerBound]
            // FF announces a type of two bytes, and parameters.
            guard type >= 0x80, type < 0xFF, let value = value(command, rest.after(1)), value.count >= 8,
                value.upperBound < rest.upperBound
            else {
                fault = unknown(rest)
                return
            }
            // The value of an AES key begins with the length of the key.
            let hasLength = value.count.isMultiple(of: 8) == false && Int(command[value.lowerBound]) <= value.count - 1
            let check = Int(command[value.upperBound])
            let end = value.upperBound + 1 + check
            guard check == 0 || check == 3, end <= rest.upperBound else {
                fault = unknown(rest)
                return
            }
            values.append(hasLength ? value.after(1) : value)
            rest = end..<rest.upperBound
        }

        /// From where on the bytes of a block that does not fit may be those of a key.
        private func unknown(_ block: Range<Int>) -> Int {
            let start = block.lowerBound
            guard block.count > 2, Self.types.contains(command[start]) else { return start }
            let length = command[start + 1]
            guard Self.lengths.contains(length) else {
                // 00 is what a hidden length is read as again.
                return (8...64).contains(length) || length == 0 ? start + 1 : start
            }
            return start + 2
        }

        /// The types of 11.1.8.
        private static let types: Set<UInt8> = [
            0x80, 0x82, 0x83, 0x84, 0x85, 0x88, 0x90, 0x91, 0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xB0,
            0xB1, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xF0,
        ]
        /// Of keys of triple DES and AES, the latter also after their own length.
        private static let lengths: Set<UInt8> = [16, 17, 24, 25, 32, 33]
    }
}
