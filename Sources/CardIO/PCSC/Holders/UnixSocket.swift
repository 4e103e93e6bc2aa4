/// A UNIX socket as Linux reports it (sock_diag(7)): bytes in, sockets out.
struct UnixSocket: Sendable, Hashable {
    /// The file that a socket is bound to.
    struct File: Sendable, Hashable {
        /// The lower 32 bits of the file's inode.
        let inode: UInt32
        /// The file system's device as the kernel numbers it: `major << 20 | minor`.
        let device: UInt32
    }

    /// The socket's own inode, as in `/proc/PID/fd`.
    let inode: UInt32
    /// nil where it is not bound.
    let file: File?
    /// The inode of the peer socket; nil where there is none.
    let peer: UInt32?

    /// Requests all connected sockets, with file and peer: struct nlmsghdr and struct unix_diag_req.
    static let request: [UInt8] =
        bytes(40 as UInt32) + bytes(byFamily) + bytes(requestAndDump) + bytes(1 as UInt32) + bytes(0 as UInt32)
        + [1, 0] + bytes(0 as UInt16) + bytes(connected) + bytes(0 as UInt32) + bytes(fileAndPeer)
        + bytes(UInt32.max) + bytes(UInt32.max)

    /// Parses one datagram of the answer.
    ///
    /// - Returns: the sockets in it, and whether more datagrams follow. A truncated or foreign message ends it.
    static func parse(_ datagram: [UInt8]) -> (sockets: [UnixSocket], isLast: Bool) {
        var sockets: [UnixSocket] = []
        var rest = datagram[...]
        while !rest.isEmpty {
            guard let count = word(rest, 0).map(Int.init), count >= 16, count <= rest.count,
                half(rest, 4) == byFamily
            else { return (sockets, true) }
            if let socket = UnixSocket(message: rest.prefix(count).dropFirst(16)) { sockets.append(socket) }
            rest = rest.dropFirst(aligned(count))
        }
        return (sockets, datagram.isEmpty)
    }

    /// - Parameter message: struct unix_diag_msg followed by attributes; nil where it is truncated.
    private init?(message: ArraySlice<UInt8>) {
        guard message.count >= 16, let inode = Self.word(message, 4) else { return nil }
        self.inode = inode
        var (file, peer): (File?, UInt32?) = (nil, nil)
        var rest = message.dropFirst(16)
        while let count = Self.half(rest, 0).map(Int.init), count >= 4, count <= rest.count {
            let value = rest.prefix(count).dropFirst(4)
            switch Self.half(rest, 2) {
            case 1:
                if let inode = Self.word(value, 0), let device = Self.word(value, 4) {
                    file = File(inode: inode, device: device)
                }
            case 2: peer = Self.word(value, 0)
            default: break
            }
            rest = rest.dropFirst(Self.aligned(count))
        }
        (self.file, self.peer) = (file, peer)
    }

    /// SOCK_DIAG_BY_FAMILY.
    private static let byFamily: UInt16 = 20
    /// NLM_F_REQUEST, NLM_F_DUMP.
    private static let requestAndDump: UInt16 = 0x0301
    /// A mask of states: that of number 1, TCP_ESTABLISHED.
    private static let connected: UInt32 = 1 << 1
    /// UDIAG_SHOW_VFS, UDIAG_SHOW_PEER.
    private static let fileAndPeer: UInt32 = 0x02 | 0x04

    private static func aligned(_ count: Int) -> Int { (count + 3) & ~3 }

    // Numbers are in host byte order.

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        let bytes = (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        #if _endian(little)
        return bytes
        #else
        return bytes.reversed()
        #endif
    }

    private static func half(_ bytes: ArraySlice<UInt8>, _ offset: Int) -> UInt16? {
        number(bytes, offset, 2).map(UInt16.init)
    }

    private static func word(_ bytes: ArraySlice<UInt8>, _ offset: Int) -> UInt32? { number(bytes, offset, 4) }

    private static func number(_ bytes: ArraySlice<UInt8>, _ offset: Int, _ count: Int) -> UInt32? {
        guard bytes.count >= offset + count else { return nil }
        let own = bytes.dropFirst(offset).prefix(count)
        #if _endian(little)
        return own.reversed().reduce(0) { $0 << 8 | UInt32($1) }
        #else
        return own.reduce(0) { $0 << 8 | UInt32($1) }
        #endif
    }
}
