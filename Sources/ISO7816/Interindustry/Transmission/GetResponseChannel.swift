import Diagnostics

/// A channel that returns whole answers: `61xx` is followed by GET RESPONSE and `6Cxx` by the same command with the
/// correct Le (ISO/IEC 7816-4, 5.3.4; for T=0 ISO/IEC 7816-3, 12.2).
///
/// So a program written for T=1 gets the same answers from a T=0 card. Carriers do none of this by themselves: wrap a
/// channel once, where it is opened:
///
///     let channel = GetResponseChannel(reader)
///
/// To see `61xx` and `6Cxx`, use the channel beneath; a trace beneath shows what is really sent.
///
/// Where Le is less than what is available (Le 00 asks for all), no more than Le is fetched, and `61xx` after the data
/// tells that more is available.
public struct GetResponseChannel: CardChannel {
    /// How much of an answer is fetched.
    public struct Limits: Sendable, Hashable {
        /// Maximum number of commands sent after the first.
        public var rounds: Int
        /// Maximum number of bytes of one answer; at most 65,536.
        public var bytes: Int {
            didSet { bytes = min(bytes, Self.maxBytes) }
        }

        /// The maximum of a response APDU.
        private static let maxBytes = 65_536

        /// - Parameters:
        ///   - rounds: enough for the longest answer in parts of 256 bytes, each with one wrong length.
        ///   - bytes: 65,536, the maximum of a response APDU.
        public init(rounds: Int = 520, bytes: Int = 65_536) {
            self.rounds = rounds
            self.bytes = min(bytes, Self.maxBytes)
        }
    }

    /// The channel beneath.
    public let base: any CardChannel
    /// How much of an answer is fetched.
    public let limits: Limits

    /// - Parameters:
    ///   - base: the channel beneath; its ``CardChannel/transmissionProtocol`` says how commands are sent to the card.
    ///   - limits: how much of an answer is fetched.
    public init(_ base: any CardChannel, limits: Limits = Limits()) {
        self.base = base
        self.limits = limits
    }

    /// Sends `command` and returns the card's whole answer.
    ///
    /// - Throws: `CardError`: what the channel beneath throws; `.malformedAnswer` where the answer has no end within
    ///   ``limits``; `.unsupported` for a command with more than 255 bytes of data over T=0.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        var budget = limits.rounds
        let first = try mapped(command)
        var response = try sendWithRightLength(first, of: command, budget: &budget)
        guard response.status.bytesAvailable != nil else { return response }
        var data = [UInt8](response.data)
        let wanted = wantedLength(command)
        while let available = response.status.bytesAvailable, data.count < wanted {
            guard data.count < limits.bytes else { throw endless(command, "more than \(limits.bytes) bytes") }
            guard budget > 0 else { throw endless(command, "no end after \(limits.rounds) further commands") }
            budget -= 1
            let getResponse = try Self.command(
                CommandAPDU.getResponse(command, length: min(available, wanted - data.count)), of: command)
            response = try sendWithRightLength(getResponse, of: command, budget: &budget)
            data += response.data
        }
        guard data.count <= limits.bytes else { throw endless(command, "more than \(limits.bytes) bytes") }
        return ResponseAPDU(data: data, status: response.status)
    }

    /// Sends the bytes as they are, and returns the card's own answer, with `61xx` and `6Cxx`.
    public func transmit(bytes: [UInt8]) throws(CardError) -> ResponseAPDU { try base.transmit(bytes: bytes) }

    /// Sends, and where the card returns the correct Le, sends once more with it.
    private func sendWithRightLength(
        _ sent: CommandAPDU, of command: CommandAPDU, budget: inout Int
    ) throws(CardError) -> ResponseAPDU {
        var response = try base.transmit(sent)
        var last = sent
        while let right = response.status.correctLength, let asked = last.expectedLength, asked != right {
            guard budget > 0 else { throw endless(command, "no end after \(limits.rounds) further commands") }
            budget -= 1
            last = try Self.command(last.bytes(expecting: right), of: command)
            response = try base.transmit(last)
        }
        return response
    }

    /// Everything where Le is 00 or missing; else Le.
    private func wantedLength(_ command: CommandAPDU) -> Int {
        guard let expected = command.expectedLength else { return .max }
        return expected == (command.form.isExtended ? 65_536 : 256) ? .max : expected
    }

    private func mapped(_ command: CommandAPDU) throws(CardError) -> CommandAPDU {
        guard base.transmissionProtocol == .t0 else { return command }
        guard let tpdu = T0Command.tpdu(command) else {
            throw CardError(
                .unsupported, subject: "command \(command.name) over T=0",
                cause: Circumstance("T=0 carries at most 255 bytes of data in a command"))
        }
        return try Self.command(tpdu, of: command)
    }

    private static func command(_ bytes: [UInt8], of command: CommandAPDU) throws(CardError) -> CommandAPDU {
        do throws(APDUError) {
            return try CommandAPDU(bytes)
        } catch {
            throw CardError(.malformedAnswer, subject: "command \(command.name)", cause: error)
        }
    }

    private func endless(_ command: CommandAPDU, _ reason: String) -> CardError {
        CardError(.malformedAnswer, subject: "the answer to command \(command.name): \(reason)")
    }
}

extension CommandAPDU {
    /// The header in hexadecimal, which names the command in errors; its data may be secret.
    fileprivate var name: String { "\(StatusWord(cla, ins))\(StatusWord(p1, p2))" }

    /// The same command with another Le of the same width.
    fileprivate func bytes(expecting length: Int) -> [UInt8] {
        var bytes = bytes
        bytes[bytes.count - 1] = UInt8(truncatingIfNeeded: length)
        if form.isExtended { bytes[bytes.count - 2] = UInt8(truncatingIfNeeded: length >> 8) }
        return bytes
    }

    /// GET RESPONSE for the rest of the answer to `command`.
    fileprivate static func getResponse(_ command: CommandAPDU, length: Int) -> [UInt8] {
        [ClassByte(command.cla).forGetResponse, T0Command.getResponse, 0, 0, UInt8(truncatingIfNeeded: length)]
    }
}
