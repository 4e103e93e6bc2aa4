/// What one guess at a passphrase costs (scrypt, RFC 7914, 2): memory is 128 · N · r bytes.
public struct ScryptCost: Sendable, Hashable {
    /// The base-2 logarithm of N, the CPU and memory cost.
    public let logN: UInt8
    /// The block size, in units of 128 bytes.
    public let r: UInt32
    /// The parallelization: how many times the work is done, sequentially.
    public let p: UInt32

    /// N = 2¹⁷, r = 8, p = 1: 128 MiB, some tenths of a second.
    public static let standard = ScryptCost(unchecked: 17, 8, 1)

    /// The maximum memory, in bytes, that a file may demand, so that an altered one cannot exhaust this machine's.
    public static let maxMemory = 512 << 20

    /// - Returns: nil for a parameter of 0, more than ``maxMemory``, or p above 16.
    public init?(logN: UInt8, r: UInt32, p: UInt32) {
        guard (1...24).contains(logN), (1...1024).contains(r), (1...16).contains(p),
            (128 << Int(logN)) * Int(r) <= Self.maxMemory
        else { return nil }
        self.init(unchecked: logN, r, p)
    }

    private init(unchecked logN: UInt8, _ r: UInt32, _ p: UInt32) {
        self.logN = logN
        self.r = r
        self.p = p
    }

    var n: UInt64 { 1 << UInt64(logN) }
    /// libcrypto's memory limit: the table, the blocks, and a margin.
    var memoryLimit: UInt64 { 128 * n * UInt64(r) + 128 * UInt64(r) * UInt64(p) + 1 << 20 }
}
