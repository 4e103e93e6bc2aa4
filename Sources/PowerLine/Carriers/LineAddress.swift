/// The address of a meter's line: `tcp:HOST:PORT`, or `serial:PATH`, with `@SPEED` if it is not 9600 baud.
public enum LineAddress: Sendable, Hashable {
    case tcp(host: String, port: UInt16)
    /// A serial device or a pseudo-terminal; 8 data bits, no parity, raw.
    case serial(path: String, baud: UInt32)

    /// The default speed.
    static let usualBaud: UInt32 = 9600

    /// Parses the form of `description`; nil for anything else. An IPv6 address is in brackets.
    public init?(_ text: some StringProtocol) {
        if text.hasPrefix("tcp:") {
            let rest = text.dropFirst(4)
            guard let colon = rest.lastIndex(of: ":"), let port = UInt16(rest[rest.index(after: colon)...]) else {
                return nil
            }
            var host = rest[..<colon]
            if host.hasPrefix("["), host.hasSuffix("]") {
                host = host.dropFirst().dropLast()
            } else if host.contains(":") {
                return nil
            }
            guard !host.isEmpty else { return nil }
            self = .tcp(host: String(host), port: port)
        } else if text.hasPrefix("serial:") {
            let parts = text.dropFirst(7).split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
            let baud = parts.count == 1 ? LineAddress.usualBaud : UInt32(parts[1])
            guard let path = parts.first, !path.isEmpty, let baud, LineAddress.speeds.contains(baud) else { return nil }
            self = .serial(path: String(path), baud: baud)
        } else {
            return nil
        }
    }

    /// The supported speeds of a device.
    public static let speeds: [UInt32] = [300, 600, 1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200]
}

extension LineAddress: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "tcp:[\(host)]:\(port)" : "tcp:\(host):\(port)"
        case .serial(let path, let baud):
            "serial:\(path)" + (baud == LineAddress.usualBaud ? "" : "@\(baud)")
        }
    }
}
