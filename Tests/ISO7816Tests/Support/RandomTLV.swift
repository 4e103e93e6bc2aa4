import ISO7816
import TestSupport

extension SeededGenerator {
    /// Any tag of 1 to 4 bytes.
    mutating func tag(constructed: Bool) -> TLVTag {
        while true {
            let candidate = UInt32.random(in: 1...UInt32.max, using: &self) >> UInt32.random(in: 0...31, using: &self)
            if let tag = TLVTag(rawValue: candidate), tag.isConstructed == constructed { return tag }
        }
    }

    /// A data object, at most `depth` levels deep.
    mutating func dataObject(depth: Int) -> TLV {
        if depth > 1, Bool.random(using: &self) {
            let count = Int.random(in: 0...4, using: &self)
            return TLV(tag(constructed: true), children: (0..<count).map { _ in dataObject(depth: depth - 1) })
        }
        let lengths = [0, 1, 2, 8, 16, 127, 128, 129, 255, 256, 257]
        return TLV(tag(constructed: false), bytes(lengths.randomElement(using: &self)!))
    }
}
