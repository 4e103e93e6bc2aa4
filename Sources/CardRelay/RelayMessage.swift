import Diagnostics
import ISO7816

/// A request of the client.
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

/// A reply of the server.
enum RelayReply: Sendable, Hashable {
    /// The client has the card.
    case ready(RelayedCardFace)
    /// The card's answer, status word included.
    case answer([UInt8])
    /// The card was reset.
    case wasReset
    /// The card was removed, or its reader is gone. Unsolicited: sent once, between any two replies.
    case removed
    /// No answer, with the reason.
    case failure(code: UInt16, subject: String)
    /// The reply to a client of an older frame version, in its format: the reason as text.
    case refusedLegacy(String)

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
        case .failure(let code, let subject):
            RelayFrame(
                kind: 0x84,
                payload: [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(subject.utf8.prefix(60_000)))
        case .refusedLegacy(let words):
            // Until version 2: what is wrong, the thing concerned and a remedy, one per line.
            RelayFrame(kind: 0x84, payload: Array("\(words)\nrelay\nBring both ends to one release.".utf8))
        }
    }

    init(_ frame: RelayFrame) throws(RelayFrameReader.Malformed) {
        let payload = frame.payload
        switch frame.kind {
        case 0x81 where payload.count >= 3 && payload[0] == RelayFrame.version && payload.count >= 3 + Int(payload[2]):
            guard AnswerToReset.lengths.contains(Int(payload[2])) else { throw RelayFrameReader.Malformed() }
            let end = 3 + Int(payload[2])
            self = .ready(
                RelayedCardFace(
                    name: String(decoding: payload[end...], as: UTF8.self), answerToReset: Array(payload[3..<end]),
                    isT0: payload[1] == 0))
        case 0x82: self = .answer(payload)
        case 0x83 where payload.isEmpty: self = .wasReset
        case 0x85 where payload.isEmpty: self = .removed
        case 0x84 where payload.count >= 2:
            self = .failure(
                code: UInt16(payload[0]) << 8 | UInt16(payload[1]),
                subject: String(decoding: payload[2...], as: UTF8.self))
        default: throw RelayFrameReader.Malformed()
        }
    }

    /// The code and subject of an error; its cause is not sent.
    init(_ error: CardError) { self.init(error, subject: error.subject) }

    /// The code of an error, about something that the client knows: its own subject may be a file of this machine.
    init(_ error: CardError, subject: String) { self = .failure(code: error.code.rawValue, subject: subject) }

    /// The error that was sent; an unknown code of a later release becomes `.communication` with the number.
    static func error(code: UInt16, subject: String) -> CardError {
        guard let known = CardError.Code(rawValue: code) else {
            return CardError(.communication, subject: subject, cause: Circumstance("code \(code) of a later release"))
        }
        return CardError(known, subject: subject)
    }
}
