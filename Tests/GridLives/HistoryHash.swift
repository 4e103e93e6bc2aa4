/// A hash of everything that happened in a life, in its order: equal lives have equal hashes, on every machine.
package struct HistoryHash: Sendable, Hashable, CustomStringConvertible {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ value: UInt64) {
        state = (state ^ value) &* 0x9E37_79B9_7F4A_7C15
        state ^= state >> 29
    }

    mutating func add(_ bytes: [UInt8]) {
        var (word, count) = (UInt64(bytes.count), 0)
        for byte in bytes {
            word = word << 8 | UInt64(byte)
            count += 1
            if count % 7 == 0 {
                add(word)
                word = 0
            }
        }
        add(word)
    }

    mutating func add(_ time: Duration) {
        let (seconds, attoseconds) = time.components
        add(UInt64(bitPattern: seconds))
        add(UInt64(bitPattern: attoseconds))
    }

    mutating func add(_ text: String) { add(Array(text.utf8)) }

    package var description: String {
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
