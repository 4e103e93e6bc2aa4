import CardIOTesting
import ISO7816
import Testing
import VPCD

@testable import CardIO

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

    @Test func `nobody listening is an error that says what to start`() async throws {
        // Port 1 is reserved and never in use.
        let virtual = try VirtualReaderCard(ReferenceCard(), port: 1)
        let error = await #expect(throws: CardError.self) { try await virtual.insert() }
        #expect(error?.code == .noVirtualReader)
        #expect(!virtual.isInserted)
        #expect(await virtual.waitUntilRemoved() == .removed)
    }
}
