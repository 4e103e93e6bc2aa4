import ISO7816

/// What the client asks of the server.
enum RelayRequest: Sendable, Hashable {
    /// The first message: the version of the frames.
    case hello(version: UInt8)
    /// Send this to the card.
    case transmit([UInt8])
    /// Reset the card.
    case reset

    var frame: RelayFrame {
        switch self {
        case .hello(let version): RelayFrame(kind: 0x01, payload: [version])
        case .transmit(let bytes): RelayFrame(kind: 0x02, payload: bytes)
        case .reset: RelayFrame(kind: 0x03, payload: [])
        }
    }

    init(_ frame: RelayFrame) throws(RelayFrameReader.Malformed) {
        switch frame.kind {
        case 0x01 where frame.payload.count == 1: self = .hello(version: frame.payload[0])
        case 0x02: self = .transmit(frame.payload)
        case 0x03 where frame.payload.isEmpty: self = .reset
        default: throw RelayFrameReader.Malformed()
        }
    }
}

/// What the server says.
enum RelayReply: Sendable, Hashable {
    /// The card is the client's.
    case ready(RelayedCardFace)
    /// The card's answer, status word included.
    case answer([UInt8])
    /// The card was reset.
    case wasReset
    /// The card was taken out, or its reader is gone. Nobody asked: this comes between any two replies, once.
    case removed
    /// There is no answer, and why.
    case failure(code: String, subject: String, remedy: String)

    var frame: RelayFrame {
        switch self {
        case .ready(let face):
            RelayFrame(
                kind: 0x81,
                payload: [RelayFrame.version, face.isT0 ? 0 : 1, UInt8(face.answerToReset.count)] + face.answerToReset
                    + Array(face.name.utf8))
        case .answer(let bytes): RelayFrame(kind: 0x82, payload: bytes)
        case .wasReset: RelayFrame(kind: 0x83, payload: [])
        case .removed: RelayFrame(kind: 0x85, payload: [])
        case .failure(let code, let subject, let remedy):
            RelayFrame(kind: 0x84, payload: Array([code, subject, remedy].joined(separator: "\n").utf8.prefix(60_000)))
        }
    }

    init(_ frame: RelayFrame) throws(RelayFrameReader.Malformed) {
        let payload = frame.payload
        switch frame.kind {
        case 0x81 where payload.count >= 3 && payload[0] == RelayFrame.version && payload.count >= 3 + Int(payload[2]):
            let end = 3 + Int(payload[2])
            self = .ready(
                RelayedCardFace(
                    name: String(decoding: payload[end...], as: UTF8.self), answerToReset: Array(payload[3..<end]),
                    isT0: payload[1] == 0))
        case 0x82: self = .answer(payload)
        case 0x83 where payload.isEmpty: self = .wasReset
        case 0x85 where payload.isEmpty: self = .removed
        case 0x84:
            let lines = String(decoding: payload, as: UTF8.self).split(
                separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
            guard lines.count == 3 else { throw RelayFrameReader.Malformed() }
            self = .failure(code: String(lines[0]), subject: String(lines[1]), remedy: String(lines[2]))
        default: throw RelayFrameReader.Malformed()
        }
    }

    /// What an error says of itself; what lies beneath it stays where it is.
    init(_ error: CardError) {
        self = .failure(code: error.code.description, subject: error.subject, remedy: error.remedy)
    }

    /// The error that was sent: two codes of the same words are one.
    static func error(code: String, subject: String, remedy: String) -> CardError {
        CardError(CardError.Code(code, remedy: remedy), subject: subject, remedy: remedy)
    }
}
