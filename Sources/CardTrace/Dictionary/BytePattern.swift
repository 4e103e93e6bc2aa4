import ISO7816

/// A byte pattern, some of whose bits may be free: `80`, `00/E0` (value and mask).
package struct BytePattern: Sendable, Hashable, Decodable {
    package let value: UInt8
    package let mask: UInt8

    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let value = [UInt8](hexadecimal: parts[0]), value.count == 1 else { return nil }
        let mask = parts.count == 2 ? [UInt8](hexadecimal: parts[1]) : [0xFF]
        guard let mask, mask.count == 1, value[0] & ~mask[0] == 0 else { return nil }
        (self.value, self.mask) = (value[0], mask[0])
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let pattern = BytePattern(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(text) is not a byte such as 80 or 00/E0")
        }
        self = pattern
    }

    func matches(_ byte: UInt8) -> Bool { byte & mask == value }
}
