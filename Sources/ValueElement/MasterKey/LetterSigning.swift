internal import CardCrypto
internal import ISO7816
internal import ValueProtocol

/// To whom a letter is, and under which TARIFF key.
struct LetterHead: Equatable {
    let version: UInt8
    let meter: PartyID

    static let byteCount = 9
}

extension MasterKeyApplication {
    /// LETTER `80 68 part parts`, data a part of all before the MAC, part 0 after `TARIFF version ‖ meter's EID`; answer
    /// to the last part: the MAC.
    func signLetter(_ command: CommandAPDU) throws(Refusal) -> [UInt8] {
        try require(!present.isEmpty && image.rules.allow(.post), else: .securityStatusNotSatisfied)
        try require(element.image.state == .issued, else: .conditionsNotSatisfied)
        var bytes = Array(command.data)
        var head = letter?.subject
        if command.p1 == 0 {
            try require(bytes.count >= LetterHead.byteCount, else: .wrongLength)
            var reader = ByteReader(bytes.span)
            head = LetterHead(version: reader.readByte(), meter: reader.readParty())
            bytes.removeFirst(LetterHead.byteCount)
        }
        guard let head else { throw .status(.wrongData) }
        guard let master = image.key(KeyName(.tariff, head.version)) else { throw .status(.referencedDataNotFound) }
        try require(TransferParts.areWellFormed(bytes, of: command.p2), else: .wrongData)
        let buffer = PartBuffer(bytes, part: command.p1, of: command.p2, head, after: letter)
        guard let buffer else { throw .status(.wrongData) }
        letter = buffer.isWhole ? nil : buffer
        guard buffer.isWhole else { return [] }
        let key = element.suite.elementKey(master, KeyName(.tariff, head.version), for: head.meter)
        return element.suite.letterMAC(of: buffer.bytes[...], to: head.meter, key).bytes
    }
}
