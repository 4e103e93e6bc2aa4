import ISO7816

/// A channel with a man in the middle, who may lose, alter or record what passes.
final class Interception: CardChannel {
    typealias Forward = (CommandAPDU) throws(CardError) -> ResponseAPDU
    private let base: any CardChannel
    private let intercept: (CommandAPDU, Forward) throws(CardError) -> ResponseAPDU

    init(
        _ base: any CardChannel,
        _ intercept: @escaping (CommandAPDU, Forward) throws(CardError) -> ResponseAPDU
    ) {
        self.base = base
        self.intercept = intercept
    }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        try intercept(command) { (command) throws(CardError) in try base.transmit(command) }
    }
}

extension CommandAPDU {
    /// Whether this is the EXECUTE of an operation.
    func isExecute(_ op: UInt8) -> Bool { cla == 0x80 && ins == 0x52 && p1 == op }
}
