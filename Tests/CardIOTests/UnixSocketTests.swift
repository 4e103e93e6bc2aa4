import TestSupport
import Testing

@testable import CardIO

/// The kernel's list of connected sockets, as in sock_diag(7); on a little-endian machine.
@Suite struct UnixSocketTests {
    /// Built by hand, with the file and peer that Linux 6.18 reported for a connection to a socket on device 254:0.
    private static let answer: [UInt8] = [
        0x50, 0x00, 0x00, 0x00, 0x14, 0x00, 0x02, 0x00, 0x01, 0x00, 0x00, 0x00, 0x64, 0x31, 0x00, 0x00,
        0x01, 0x01, 0x01, 0x00, 0x88, 0xBD, 0x20, 0x00, 0x11, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x1A, 0x00, 0x00, 0x00, 0x2F, 0x72, 0x75, 0x6E, 0x2F, 0x70, 0x63, 0x73, 0x63, 0x64, 0x2F, 0x70,
        0x63, 0x73, 0x63, 0x64, 0x2E, 0x63, 0x6F, 0x6D, 0x6D, 0x00, 0x00, 0x00,
        0x0C, 0x00, 0x01, 0x00, 0x9A, 0x46, 0xFA, 0x00, 0x00, 0x00, 0xE0, 0x0F,
        0x08, 0x00, 0x02, 0x00, 0x87, 0xBD, 0x20, 0x00,
    ]
    private static let done: [UInt8] = [0x14, 0, 0, 0, 0x03, 0, 0x02, 0, 0x01, 0, 0, 0, 0x28, 0x32, 0, 0, 0, 0, 0, 0]

    @Test func `the request is one message`() {
        #expect(
            UnixSocket.request == [
                40, 0, 0, 0, 20, 0, 0x01, 0x03, 1, 0, 0, 0, 0, 0, 0, 0,  // struct nlmsghdr
                1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0,  // struct unix_diag_req: family, states, number, what
                0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,  // no cookie
            ])
    }

    @Test func `file and peer are read`() throws {
        let (sockets, isLast) = UnixSocket.parse(Self.answer + Self.answer)
        #expect(!isLast && sockets.count == 2)
        let socket = try #require(sockets.first)
        #expect(socket.inode == 2_145_672 && socket.peer == 2_145_671)
        #expect(socket.file == UnixSocket.File(inode: 16_402_074, device: 254 << 20))
        #expect(UnixSocket.parse(Self.done).isLast)
        let last = UnixSocket.parse(Self.answer + Self.done)
        #expect(last.isLast && last.sockets == [socket])
    }

    @Test func `what is cut off ends the answer`() {
        for count in 0..<Self.answer.count {
            let cut = UnixSocket.parse(Array(Self.answer.prefix(count)))
            #expect(cut.isLast && cut.sockets.isEmpty)
        }
        // A message that claims to be shorter than its head.
        var short = Self.answer
        short[0] = 15
        #expect(UnixSocket.parse(short).isLast)
        // An attribute that claims to be longer than its message.
        var long = Self.answer
        long[32] = 0xFF
        #expect(UnixSocket.parse(long).sockets.first?.peer == nil)
        #expect(UnixSocket.parse(long).sockets.first?.inode == 2_145_672)
    }

    @Test func `any bytes are read`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            var bytes = Self.answer
            for _ in 0..<3 {
                bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
            }
            #expect(UnixSocket.parse(bytes).sockets.count <= 2)
        }
    }
}
