#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Standard output in large pieces, for results of any length; what remains is written by ``flush()``.
final class OutputPieces {
    private static let pieceSize = 1 << 18

    private var waiting: [UInt8] = []

    func write(_ text: String) { write(text.utf8) }

    func write(_ bytes: some Collection<UInt8>) {
        waiting.append(contentsOf: bytes)
        flushPiece()
    }

    func write(blanks count: Int) { waiting.append(contentsOf: repeatElement(0x20, count: count)) }

    /// Two digits per byte, `separator` between bytes.
    func write(hexadecimal bytes: ArraySlice<UInt8>, separator: UInt8? = nil) {
        var isFirst = true
        for byte in bytes {
            if let separator, !isFirst { waiting.append(separator) }
            isFirst = false
            waiting.append(Self.digit(byte >> 4))
            waiting.append(Self.digit(byte & 0xF))
            flushPiece()
        }
    }

    func endLine() {
        waiting.append(0x0A)
        flushPiece()
    }

    func flush() {
        guard !waiting.isEmpty else { return }
        Console.write(bytes: waiting, to: STDOUT_FILENO)
        waiting.removeAll(keepingCapacity: true)
    }

    private func flushPiece() { if waiting.count >= Self.pieceSize { flush() } }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
