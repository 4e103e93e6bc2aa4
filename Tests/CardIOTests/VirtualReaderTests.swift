import CardIOTesting
import ISO7816
import Testing
import VPCD

@testable import CardIO

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct VirtualReaderTests {
    @Test func `frames are read wherever they are cut`() {
        let bytes: [UInt8] = [0, 1, 1, 0, 1, 4, 0, 4, 0x80, 0x10, 1, 2, 0, 1, 0, 0, 1, 2]
        let wanted: [VPCDFrames.Request] = [
            .powerOn, .answerToReset, .command([0x80, 0x10, 1, 2]), .powerOff, .reset,
        ]
        for size in 1...bytes.count {
            var frames = VPCDFrames()
            var requests: [VPCDFrames.Request] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                frames.append(bytes[start..<min(start + size, bytes.count)])
                while let request = frames.next() { requests.append(request) }
            }
            #expect(requests == wanted, "in pieces of \(size)")
        }
    }

    @Test func `an answer is framed with its length`() {
        #expect(VPCDFrames.frame([0x90, 0x00]) == [0, 2, 0x90, 0x00])
        #expect(VPCDFrames.frame([UInt8](repeating: 1, count: 0x1234)).prefix(2) == [0x12, 0x34])
    }

    /// A card whose answer to reset has another length than the standard allows.
    private final class WrongAnswerToReset: IntegratedCircuitCard {
        let answerToReset: [UInt8]
        init(count: Int) { answerToReset = [UInt8](repeating: 0x3B, count: count) }
        func reset() {}
        func process(_ command: [UInt8]) -> [UInt8] { [0x90, 0x00] }
    }

    @Test(arguments: [0, 1, 34, 65_536])
    func `a card whose answer to reset has an impossible length leaves the reader`(count: Int) async throws {
        let reader = try ListeningSocket()
        let virtual = try VirtualReaderCard(WrongAnswerToReset(count: count), port: reader.port)
        try await virtual.insert()
        try reader.acceptAndSend([0, 1, 4])
        #expect(await virtual.waitUntilRemoved() == .failed(CardError(.malformedAnswer, subject: "")))
    }

    @Test func `nobody listening is an error that says what to start`() async throws {
        // Port 1 is reserved and never in use.
        let virtual = try VirtualReaderCard(ReferenceCard(), port: 1)
        let error = await #expect(throws: CardError.self) { try await virtual.insert() }
        #expect(error?.code == .noVirtualReader)
        #expect(!virtual.isInserted)
        #expect(await virtual.waitUntilRemoved() == .removed)
    }
}

/// A virtual reader in its place: listens on a free port of this machine, and accepts one card.
private final class ListeningSocket {
    struct Failure: Error { let errno: Int32 }

    let port: UInt16
    private let listener: Int32
    private var card: Int32 = -1

    init() throws {
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let listener = socket(AF_INET, kind, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var count = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, count) | listen(listener, 1) | getsockname(listener, address, &count)
            }
        }
        guard result == 0 else { throw Failure(errno: errno) }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit {
        close(card)
        close(listener)
    }

    /// Blocks until a card has connected.
    func acceptAndSend(_ bytes: [UInt8]) throws {
        card = accept(listener, nil, nil)
        guard card >= 0, write(card, bytes, bytes.count) == bytes.count else { throw Failure(errno: errno) }
    }
}
