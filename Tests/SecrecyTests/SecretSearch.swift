import Foundation

/// What must not be found, each in every form in which it can be written.
struct Secrets {
    /// Keys and the like, of 8 bytes at least.
    private(set) var keys: Set<[UInt8]> = []
    /// PINs, as digits.
    private(set) var pins: Set<String> = []

    /// Holds a key, unless it is all zeros, as what nobody has set is.
    mutating func insert(key: [UInt8]) {
        guard key.count >= SecretSearch.window, key.contains(where: { $0 != 0 }) else { return }
        keys.insert(key)
    }

    mutating func insert(pin: String) { pins.insert(pin) }

    /// Bytes that a PIN is sent as: ASCII, filled up or not; BCD filled up; ISO 9564-1 format 2. BCD alone is so short
    /// that random numbers may have it.
    static func blocks(of pin: String, bareBCD: Bool) -> [[UInt8]] {
        let ascii = Array(pin.utf8)
        let digits = ascii.map { $0 & 0x0F } + (pin.count % 2 == 0 ? [] : [0x0F])
        let bcd = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        let filling = [UInt8](repeating: 0xFF, count: 8)
        return [
            ascii, [UInt8]((bcd + filling).prefix(8)), [UInt8](([0x20 | UInt8(pin.count)] + bcd + filling).prefix(8)),
        ] + (bareBCD ? [bcd] : [])
    }
}

/// Looks for secrets in what was written: as bytes, as hexadecimal digits of either case with blanks, line ends, commas,
/// colons, dashes or nothing between, and a PIN as a word of its own.
struct SecretSearch {
    /// So many bytes of a key that follow each other are a leak. Of fewer, random numbers would have some by chance.
    static let window = 8

    private let file: [UInt8]
    /// The digits' values, 0xFF between what does not belong together.
    private let nibbles: [UInt8]
    private let words: Set<[UInt8]>

    init(_ file: [UInt8]) {
        self.file = file
        var (nibbles, words, word): ([UInt8], Set<[UInt8]>, [UInt8]) = ([], [], [])
        for byte in file {
            switch byte {
            case 0x30...0x39: nibbles.append(byte - 0x30)
            case 0x41...0x46, 0x61...0x66: nibbles.append((byte | 0x20) - 0x57)
            case 0x20, 0x09, 0x0A, 0x0D, 0x2C, 0x2D, 0x3A: break
            default: nibbles.append(0xFF)
            }
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: word.append(byte)
            default:
                if !word.isEmpty { words.insert(word) }
                word = []
            }
        }
        words.insert(word)
        (self.nibbles, self.words) = (nibbles, words)
    }

    /// The first of `secrets` that is there, in words that do not tell it in full; nil where none is.
    func finding(_ secrets: Secrets, bareBCD: Bool) -> String? {
        if let key = keyFound(secrets.keys) { return "a key that begins \(Self.hexadecimal(key.prefix(2)))" }
        for pin in secrets.pins where finds(pin: pin, bareBCD: bareBCD) { return "a PIN of \(pin.count) digits" }
        return nil
    }

    func finds(word: String) -> Bool { words.contains(Array(word.utf8)) }

    func finds(key: [UInt8]) -> Bool { keyFound([key]) != nil }

    func finds(pin: String, bareBCD: Bool) -> Bool {
        if words.contains(Array(pin.utf8)) { return true }
        for block in Secrets.blocks(of: pin, bareBCD: bareBCD) {
            let digits = block.flatMap { [$0 >> 4, $0 & 0x0F] }
            if Data(nibbles).range(of: Data(digits)) != nil { return true }
            // ASCII is looked for as a word; in a hexadecimal dump it may be any four digits.
            if block != Array(pin.utf8), Data(file).range(of: Data(block)) != nil { return true }
        }
        return false
    }

    private func keyFound(_ keys: Set<[UInt8]>) -> [UInt8]? {
        var windows: [UInt64: [UInt8]] = [:]
        for key in keys {
            for start in 0...(key.count - Self.window) {
                let part = key[start..<start + Self.window].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                if part != 0 { windows[part] = key }
            }
        }
        var last: UInt64 = 0
        for (offset, byte) in file.enumerated() {
            last = last << 8 | UInt64(byte)
            if offset + 1 >= Self.window, let key = windows[last] { return key }
        }
        var run = 0
        for nibble in nibbles {
            guard nibble != 0xFF else {
                run = 0
                continue
            }
            (last, run) = (last << 4 | UInt64(nibble), run + 1)
            if run >= 2 * Self.window, let key = windows[last] { return key }
        }
        return nil
    }

    static func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    }
}
