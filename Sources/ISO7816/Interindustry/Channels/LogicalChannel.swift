import Diagnostics

/// One logical channel of a card: puts its number into the class byte of each command (ISO/IEC 7816-4, 5.4.1, 5.4.2).
///
/// Channels 0 to 3 are encoded in the first interindustry class, 4 to 19 in the further one; proprietary classes are
/// treated as GlobalPlatform does.
public struct LogicalChannel<Base: CardChannel>: CardChannel {
    /// The channel beneath: the card as a whole.
    public let base: Base
    /// 0 to 19; 0 is the basic channel, which is always open.
    public let number: UInt8

    /// - Precondition: `number` is 0 to 19.
    public init(_ base: Base, number: UInt8) {
        precondition(number <= 19, "a card has logical channels 0 to 19")
        self.base = base
        self.number = number
    }

    /// - Throws: `CardError`: what the channel beneath throws; `.unsupported` for class FF, which is not valid, and
    ///   where the class cannot express both channel and secure messaging.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        guard command.cla != 0xFF, let cla = ClassByte(command.cla).on(channel: number) else {
            throw CardError(
                .unsupported, subject: "class \(StatusWord(0, command.cla)) on logical channel \(number)",
                cause: Circumstance("it cannot hold a channel number"))
        }
        return try base.transmit(command.withClass(cla))
    }
}

extension CommandAPDU {
    /// MANAGE CHANNEL: open (ISO/IEC 7816-4, 11.1.2).
    ///
    /// - Parameter number: 1 to 19, or nil where the card is to choose.
    /// - Throws: `InterindustryError` with code `.outOfRange`.
    public static func openChannel(_ number: UInt8? = nil) throws(InterindustryError) -> CommandAPDU {
        if let number, !(1...19).contains(number) { throw InterindustryError(.outOfRange, "MANAGE CHANNEL \(number)") }
        return try interindustry("MANAGE CHANNEL", 0x70, 0x00, number ?? 0, expecting: number == nil ? 1 : nil)
    }

    /// MANAGE CHANNEL: close (ISO/IEC 7816-4, 11.1.2).
    ///
    /// - Parameter number: 1 to 19.
    /// - Throws: `InterindustryError` with code `.outOfRange`.
    public static func closeChannel(_ number: UInt8) throws(InterindustryError) -> CommandAPDU {
        guard (1...19).contains(number) else { throw InterindustryError(.outOfRange, "MANAGE CHANNEL \(number)") }
        return try interindustry("MANAGE CHANNEL", 0x70, 0x80, number)
    }
}

extension CardChannel {
    /// Opens a logical channel; the caller has to close it. ``withLogicalChannel(_:_:)`` does both.
    ///
    /// - Parameter number: 1 to 19, or nil where the card is to choose.
    /// - Throws: `InterindustryError`; `.noChannel` where the card has none available.
    public func openChannel(_ number: UInt8? = nil) throws(InterindustryError) -> LogicalChannel<Self> {
        let name = "MANAGE CHANNEL"
        let response = try exchange(.openChannel(number), name)
        guard response.status == .success else {
            let isFull = [0x6A81, 0x6881, 0x6482].contains(response.status.rawValue)
            throw InterindustryError(isFull ? .noChannel : .refused, name, status: response.status)
        }
        if let number { return LogicalChannel(self, number: number) }
        guard let opened = response.data.first, response.data.count == 1, (1...19).contains(opened) else {
            throw InterindustryError(.malformedAnswer, name)
        }
        return LogicalChannel(self, number: opened)
    }

    /// Opens a logical channel for `body` and closes it on every exit path.
    ///
    /// - Throws: what `body` throws, else `InterindustryError` from opening or closing. Where both the body and closing
    ///   fail, the body's error is thrown.
    public func withLogicalChannel<Value>(
        _ number: UInt8? = nil, _ body: (LogicalChannel<Self>) throws -> Value
    ) throws -> Value {
        let channel = try openChannel(number)
        let outcome = Result { try body(channel) }
        let closing: InterindustryError?
        do throws(InterindustryError) {
            _ = try perform(.closeChannel(channel.number), "MANAGE CHANNEL")
            closing = nil
        } catch {
            closing = error
        }
        let value = try outcome.get()
        if let closing { throw closing }
        return value
    }
}
