package import ValueProtocol

extension ElementState {
    /// The encoding version of `bytes`.
    static let encodingVersion: UInt8 = 1

    /// What a store keeps of an element in one row: `version 01 ‖ open? u64 ‖ highest u64 ‖ NT? u32 ‖ clock? u32 ‖ spent? u64
    /// ‖ replacement? ‖ reported u8 ‖ services ‖ partners ‖ left debits`, the lists preceded by their count u32.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = [Self.encodingVersion]
        bytes.append(optional: open) { $0.append(bigEndian: $1.rawValue) }
        bytes.append(bigEndian: highest.rawValue)
        bytes.append(optional: nt) { $0.append(bigEndian: $1) }
        bytes.append(optional: clock) { $0.append(bigEndian: $1.rawValue) }
        bytes.append(optional: spent) { $0.append(bigEndian: $1.rawValue) }
        bytes.append(optional: replacement) { $0.append($1) }
        bytes.append(flag: isReportedSince)
        bytes.append(bigEndian: UInt32(purses.count))
        for purse in purses { bytes.append(purse) }
        bytes.append(bigEndian: UInt32(partners.count))
        for partner in partners { bytes.append(partner) }
        bytes.append(bigEndian: UInt32(leftDebits.count))
        for debit in leftDebits { bytes.append(debit) }
        return bytes
    }

    /// Decodes `bytes`; nil for anything else.
    package init?(bytes: [UInt8]) {
        var reader = ByteReader(bytes.span)
        self.init()
        guard reader.readByte() == Self.encodingVersion, let isOpen = reader.readFlag() else { return nil }
        if isOpen { open = TransferID(rawValue: reader.read()) }
        highest = HostTransaction(rawValue: reader.read())
        guard let hasNT = reader.readFlag() else { return nil }
        if hasNT { nt = reader.read() }
        guard let hasClock = reader.readFlag() else { return nil }
        if hasClock { clock = Timestamp(rawValue: reader.read()) }
        guard let hasSpent = reader.readFlag() else { return nil }
        if hasSpent { spent = Amount(rawValue: reader.read()) }
        guard let isReplaced = reader.readFlag() else { return nil }
        if isReplaced {
            guard let replacement = reader.readReplacement() else { return nil }
            self.replacement = replacement
        }
        guard let isReported = reader.readFlag() else { return nil }
        isReportedSince = isReported
        for _ in 0..<reader.readCount(of: 9) { purses.append(reader.readPurse()) }
        for _ in 0..<reader.readCount(of: 8) { partners.append(reader.readParty()) }
        for _ in 0..<reader.readCount(of: 20) { leftDebits.append(reader.readLeftDebit()) }
        guard reader.isFinished else { return nil }
    }
}

extension LeftState {
    /// What a store keeps of the sessions that cards showed since: for each in ascending order `card u64 ‖ NT u32`.
    package var shownBytes: [UInt8] {
        var bytes: [UInt8] = []
        for (card, nt) in shown.sorted(by: { $0.key < $1.key }) {
            bytes.append(card)
            bytes.append(bigEndian: nt)
        }
        return bytes
    }

    /// Decodes `shownBytes`; nil for anything else.
    package static func shown(bytes: [UInt8]) -> [PartyID: UInt32]? {
        var reader = ByteReader(bytes.span)
        var shown: [PartyID: UInt32] = [:]
        while reader.isGood, reader.remaining > 0 {
            let card = reader.readParty()
            shown[card] = reader.read()
        }
        return reader.isFinished ? shown : nil
    }
}

extension ByteReader {
    /// A count of fields of `size` bytes each; where so many cannot follow, nothing can be read any more.
    @_lifetime(self: copy self)
    fileprivate mutating func readCount(of size: Int) -> Int {
        let count = Int(read(UInt32.self))
        guard count * size <= remaining else {
            _ = readBytes(remaining + 1)
            return 0
        }
        return count
    }
}
