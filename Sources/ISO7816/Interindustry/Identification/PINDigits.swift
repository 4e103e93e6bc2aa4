public import CardCrypto

/// A PIN: decimal digits that cannot be printed, and are wiped when released by the last holder.
///
/// A command that contains it is an ordinary ``CommandAPDU`` while it is sent; traces mask its data.
public struct PINDigits: Sendable, CustomStringConvertible, CustomReflectable {
    private let digits: Secret

    /// How many digits it has.
    public var count: Int { digits.count }
    public var description: String { "••" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Copies ASCII digits and wipes the source.
    ///
    /// - Returns: nil where they are not 1 to 16 digits 0 to 9.
    public init?(taking ascii: inout [UInt8]) {
        defer { Secret.wipe(&ascii) }
        guard (1...16).contains(ascii.count), ascii.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        digits = Secret(copying: ascii)
    }

    /// Whether both have the same digits, in constant time for equal counts.
    public func matches(_ other: PINDigits) -> Bool { digits.matches(other.digits) }

    /// The format in which a card expects its PIN.
    public enum Format: Sendable, Hashable {
        /// ASCII digits, padded with `fill` (usually FF) to `count` bytes; nil for no padding.
        case ascii(count: Int?, fill: UInt8 = 0xFF)
        /// Two digits per byte, padded with nibbles F to `count` bytes; nil for no padding except in the last byte.
        case bcd(count: Int?)
        /// ISO 9564-1 format 2: control 2, digit count, 4 to 12 digits, padded with F to 8 bytes.
        case iso9564Format2
    }

    /// The PIN in the card's format.
    ///
    /// - Throws: `InterindustryError` with code `.outOfRange` where the digits do not fit.
    public func block(_ format: Format) throws(InterindustryError) -> Secret {
        var block = [UInt8]()
        // Reserved in one allocation, so that growing leaves no copy behind.
        block.reserveCapacity(max(64, count))
        switch format {
        case .ascii(let size, let fill):
            unsafe digits.withBytes { unsafe block.append(contentsOf: $0) }
            try PINDigits.fill(&block, to: size, with: fill)
        case .bcd(let size):
            appendNibbles(to: &block)
            try PINDigits.fill(&block, to: size, with: 0xFF)
        case .iso9564Format2:
            guard (4...12).contains(count) else {
                throw InterindustryError(.outOfRange, "a PIN of \(count) digits in ISO 9564 format 2")
            }
            block.append(0x20 | UInt8(count))
            appendNibbles(to: &block)
            try PINDigits.fill(&block, to: 8, with: 0xFF)
        }
        return Secret(taking: &block)
    }

    private func appendNibbles(to block: inout [UInt8]) {
        unsafe digits.withBytes { digits in
            for index in stride(from: 0, to: digits.count, by: 2) {
                let low = unsafe index + 1 < digits.count ? digits[index + 1] & 0x0F : 0x0F
                unsafe block.append(digits[index] << 4 | low)
            }
        }
    }

    private static func fill(_ block: inout [UInt8], to size: Int?, with fill: UInt8) throws(InterindustryError) {
        guard let size else { return }
        guard block.count <= size, size <= 64 else {
            let count = block.count
            Secret.wipe(&block)
            throw InterindustryError(.outOfRange, "a PIN of \(count) bytes in a block of \(size)")
        }
        while block.count < size { block.append(fill) }
    }
}
