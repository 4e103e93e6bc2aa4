import Foundation
import TestPrograms
import TestSupport

extension TCPRelay {
    /// A relay between host and meter that loses, repeats, delays, corrupts and cuts what goes through it, as its seed
    /// says.
    ///
    /// - Parameter onPiece: called on the relay's thread before each piece, which it may hold.
    convenience init(losingWithSeed seed: UInt64, onPiece: @escaping @Sendable () -> Void) throws {
        let random = Monitor(SeededGenerator(seed: seed))
        try self.init { bytes, _ in
            onPiece()
            return random.withLock { Self.fate(of: bytes, &$0) }
        }
    }

    /// What arrives of a piece; nil where the connection is cut.
    private static func fate(of bytes: [UInt8], _ random: inout SeededGenerator) -> [[UInt8]]? {
        var bytes = bytes
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<4: return []
        case 4..<8: return [bytes, bytes]
        case 8..<12:
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            return [bytes]
        case 12..<14: return [Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random)))]
        case 14..<16: return nil
        case 16..<20:
            Thread.sleep(forTimeInterval: Double(Int.random(in: 1...120, using: &random)) / 1000)
            return [bytes]
        default: return [bytes]
        }
    }
}
