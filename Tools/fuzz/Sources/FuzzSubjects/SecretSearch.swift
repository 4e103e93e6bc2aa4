/// Finds keys among other bytes, fast where there are none.
struct SecretSearch: Sendable {
    /// The keys by their first byte; most bytes start none.
    private var byFirst = [[[UInt8]]](repeating: [], count: 256)

    init(_ secrets: [[UInt8]]) {
        for secret in secrets { byFirst[Int(secret[0])].append(secret) }
    }

    /// Whether 16 of `bytes` are a key.
    func finds(in bytes: [UInt8]) -> Bool {
        guard bytes.count >= 16 else { return false }
        return (0...(bytes.count - 16)).contains { start in
            let secrets = byFirst[Int(bytes[start])]
            return !secrets.isEmpty
                && secrets.contains { bytes[start..<(start + 16)].elementsEqual($0) }
        }
    }
}
