import Diagnostics

/// A channel that carries commands of any length: unchanged where the card accepts them, else chained (ISO/IEC 7816-4,
/// 5.3.3).
///
/// Put it beneath secure messaging and above ``GetResponseChannel``:
///
///     let channel = CommandChaining(GetResponseChannel(reader), limits: TransferLimits(atr.historical.capabilities))
public struct CommandChaining<Base: CardChannel>: CardChannel {
    /// The channel beneath.
    public let base: Base
    /// What one command can carry.
    public let limits: TransferLimits

    public init(_ base: Base, limits: TransferLimits) {
        self.base = base
        self.limits = limits
    }

    /// Sends `command`, in parts where it is too long for one.
    ///
    /// An answer other than 9000 to a part that is not the last ends the chain and is the command's answer. An Le above
    /// the card's limit is lowered to it: `61xx` then tells that more is available.
    ///
    /// - Throws: `CardError`: what the channel beneath throws; `.unsupported` where the command is too long and the
    ///   card does not chain, or where the command is part of a chain itself and would have to be split.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        let expected = command.expectedLength.map { min($0, limits.answerData) }
        if command.data.count <= limits.commandData {
            guard expected != command.expectedLength || command.form.isExtended && !limits.supportsExtendedLengths
            else {
                return try base.transmit(command)
            }
            return try base.transmit(Self.part(of: command, ClassByte(command.cla), command.data, expected))
        }
        let cla = ClassByte(command.cla)
        guard limits.supportsCommandChaining, !cla.isChained else {
            let reason =
                limits.supportsCommandChaining
                ? "a part of a chain cannot be split" : "the card does not announce chaining"
            throw CardError(
                .unsupported, subject: "a command with \(command.data.count) bytes of data",
                cause: Circumstance("the card takes \(limits.commandData) bytes at once; \(reason)"))
        }
        var rest = command.data
        while rest.count > limits.commandData {
            let part = try Self.part(of: command, cla.chained(true), rest.prefix(limits.commandData), nil)
            let response = try base.transmit(part)
            guard response.status == .success else { return response }
            rest = rest.dropFirst(limits.commandData)
        }
        return try base.transmit(Self.part(of: command, cla, rest, expected))
    }

    private static func part(
        of command: CommandAPDU, _ cla: ClassByte, _ data: ArraySlice<UInt8>, _ expected: Int?
    ) throws(CardError) -> CommandAPDU {
        do throws(APDUError) {
            return try CommandAPDU(
                cla: cla.rawValue, ins: command.ins, p1: command.p1, p2: command.p2, data: data,
                expectedLength: expected)
        } catch {
            throw CardError(.unsupported, subject: "a part of a chained command", cause: error)
        }
    }
}
