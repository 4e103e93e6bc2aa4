/// What vsmartcard's virtual reader sends to the card: frames of `length (2 bytes, big-endian) ‖ body`.
package struct VPCDFrames {
    /// What the reader requests.
    package enum Request: Equatable {
        /// Power off; no answer.
        case powerOff
        /// Power on; no answer.
        case powerOn
        /// A warm reset; no answer.
        case reset
        /// Requests the answer to reset.
        case answerToReset
        /// A command APDU.
        case command([UInt8])
    }

    private var received: [UInt8] = []

    package init() {}

    /// Feeds received bytes.
    package mutating func append(_ bytes: some Collection<UInt8>) { received.append(contentsOf: bytes) }

    /// The next complete request.
    package mutating func next() -> Request? {
        guard received.count >= 2 else { return nil }
        let end = 2 + (Int(received[0]) << 8 | Int(received[1]))
        guard received.count >= end else { return nil }
        let body = Array(received[2..<end])
        received.removeFirst(end)
        switch body {
        case [0x00]: return .powerOff
        case [0x01]: return .powerOn
        case [0x02]: return .reset
        case [0x04]: return .answerToReset
        default: return .command(body)
        }
    }

    /// Maximum number of bytes in a frame's body.
    package static let maxBodyLength = 0xFFFF

    /// A frame around an answer of 1 to 65,535 bytes.
    package static func frame(_ body: [UInt8]) -> [UInt8] {
        precondition((1...maxBodyLength).contains(body.count), "a frame carries 1 to 65,535 bytes")
        var frame: [UInt8] = [UInt8(body.count >> 8), UInt8(body.count & 0xFF)]
        frame.append(contentsOf: body)
        return frame
    }
}
