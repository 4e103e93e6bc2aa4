import ISO7816

/// What is secret of the data of a command whose structure is known. Where the bytes do not have it, the answer is nil,
/// and all of them may be secret.
enum SecretData {
    typealias CommandBytes = SecretCommands.CommandBytes

    /// LOAD COMPONENT: number and count, 16 key bytes, check value. In a PUT KEY of GlobalPlatform the second byte is a
    /// key type, which is 80 or above, so that they are not confused.
    static func componentBytes(_ command: CommandBytes, _ data: Range<Int>) -> [Range<Int>]? {
        let start = data.lowerBound
        guard data.count == 21, start == 5, command[4] == 21, command[start] >= 1,
            (2...8).contains(command[start + 1]), command[start] <= command[start + 1]
        else { return nil }
        return [start + 2..<start + 18]
    }

    /// The lengths of the MAC behind the data: none, unless the class announces secure messaging of GlobalPlatform.
    static func macLengths(_ command: CommandBytes) -> [Int] {
        let cla = command[0]
        return (cla & 0x40 == 0 ? cla & 0x04 : cla & 0x20) == 0 ? [0] : [0, 8, 16]
    }

    /// The value whose length field begins the range (ISO/IEC 7816-4, 5.2.2.2).
    static func value(_ command: CommandBytes, _ range: Range<Int>) -> Range<Int>? {
        guard !range.isEmpty else { return nil }
        let first = Int(command[range.lowerBound])
        var (length, start) = (first, range.lowerBound + 1)
        if first >= 0x80 {
            guard first == 0x81 || first == 0x82, range.count > first & 0x7F else { return nil }
            length = 0
            for _ in 0..<(first & 0x7F) {
                length = length << 8 | Int(command[start])
                start += 1
            }
        }
        guard length <= range.upperBound - start else { return nil }
        return start..<(start + length)
    }

    // MARK: Data objects

    /// The plain values among the objects of secure messaging (ISO/IEC 7816-4, table 49). Cryptograms, MACs, lengths
    /// and status words are not secret.
    static func plainValues(inProtected command: CommandBytes, _ data: Range<Int>) -> [Range<Int>]? {
        guard let objects = outermost(command, data) else { return nil }
        var plain: [Range<Int>] = []
        for object in objects {
            switch object.tag.rawValue {
            case 0x82...0x87, 0x89, 0x8E...0x97, 0x99: continue
            case 0x80, 0x81, 0xB0, 0xB1, 0xB2, 0xB3: plain.append(object.value.moved(by: data.lowerBound))
            default: return nil
            }
        }
        return plain.filter { !$0.isEmpty }
    }

    /// Whether ENVELOPE has one data object that a terminal sends to a UICC: a message of the network, a menu selection,
    /// an event (ETSI TS 102 223, 7; 3GPP TS 31.111, 7).
    static func isToolkitEnvelope(_ command: CommandBytes, _ data: Range<Int>) -> Bool {
        guard (0x80...0xFE).contains(command[0]), command[1] == 0xC2, data.count > 2,
            (0xD1...0xDF).contains(command[data.lowerBound]), let value = value(command, data.after(1))
        else { return false }
        return value.upperBound == data.upperBound
    }

    /// The objects of the outermost level, with offsets from the first byte of the data, whatever is within them, which may
    /// be masked already; nil unless they follow each other and take all bytes.
    private static func outermost(_ command: CommandBytes, _ data: Range<Int>) -> [LenientTLV.Object]? {
        let tlv = LenientTLV(command.bytes(data))
        let objects = objects(tlv.nodes)
        var end = 0
        for object in objects {
            guard object.header.lowerBound == end else { return nil }
            end = object.value.upperBound
        }
        guard end == data.count, let last = objects.last, objects.count == tlv.nodes.count else { return nil }
        return tlv.remarks.contains { $0.isFault && last.header.contains($0.offset) } ? nil : objects
    }

    /// The same, where nothing within them deviates from the encoding either.
    private static func objects(_ command: CommandBytes, _ data: Range<Int>) -> [LenientTLV.Object]? {
        let tlv = LenientTLV(command.bytes(data))
        guard tlv.remarks.isEmpty else { return nil }
        return objects(tlv.nodes)
    }

    private static func objects(_ nodes: [LenientTLV.Node]) -> [LenientTLV.Object] {
        nodes.compactMap { if case .object(let object) = $0 { object } else { nil } }
    }

    // MARK: STORE DATA

    /// STORE DATA whose P1 says that nothing is encrypted (GlobalPlatform Card Specification 2.3, 11.11.2.1): data
    /// objects, or data groupings of EMV Card Personalization. Values that are not known to be public are hidden.
    static func personalisationBytes(_ command: CommandBytes, _ data: Range<Int>) -> [Range<Int>]? {
        guard command[2] & 0x60 == 0 else { return nil }
        for count in macLengths(command) where data.count > count {
            let range = data.lowerBound..<data.upperBound - count
            let found = command[2] & 0x18 == 0x08 ? groupings(command, range) : storedObjects(command, range)
            if let found { return found }
        }
        return nil
    }

    /// Of issuer, card and application: identification numbers, names, card and capability data, address.
    private static let publicTags: Set<UInt32> = [0x42, 0x45, 0x4F, 0x50, 0x5F50, 0x66, 0x67, 0x9F7F]

    private static func storedObjects(_ command: CommandBytes, _ range: Range<Int>) -> [Range<Int>]? {
        guard let objects = outermost(command, range) else { return nil }
        let hidden = objects.filter { !publicTags.contains($0.tag.rawValue) }
        // Without a statement of the structure, objects are only believed where all are known.
        guard command[2] & 0x18 == 0x10 || hidden.isEmpty else { return nil }
        return hidden.map { $0.value.moved(by: range.lowerBound) }.filter { !$0.isEmpty }
    }

    /// Data groupings: an identifier of two bytes, a length of one byte or FF and two, data (EMV Card Personalization
    /// Specification, 3.2). Records, and what SELECT and GET PROCESSING OPTIONS answer, can be read by anyone, but for
    /// the card number in them.
    private static func groupings(_ command: CommandBytes, _ range: Range<Int>) -> [Range<Int>]? {
        var (hidden, rest): ([Range<Int>], Range<Int>) = ([], range)
        while !rest.isEmpty {
            guard rest.count >= 3 else { return nil }
            let identifier = Int(command[rest.lowerBound]) << 8 | Int(command[rest.lowerBound + 1])
            var (length, start) = (Int(command[rest.lowerBound + 2]), rest.lowerBound + 3)
            if length == 0xFF {
                guard rest.count >= 5 else { return nil }
                length = Int(command[start]) << 8 | Int(command[start + 1])
                start += 2
            }
            guard length <= rest.upperBound - start else { return nil }
            let value = start..<(start + length)
            rest = value.upperBound..<rest.upperBound
            let isReadable = (0x0101...0x1EFF).contains(identifier) || (0x9102...0x9104).contains(identifier)
            if isReadable, let objects = objects(command, value) {
                hidden += secretValues(objects).map { $0.moved(by: value.lowerBound) }
            } else if !value.isEmpty {
                hidden.append(value)
            }
        }
        return hidden
    }

    /// Card number, tracks and the cardholder's name.
    private static let privateTags: Set<UInt32> = [
        0x56, 0x57, 0x58, 0x5A, 0x5F20, 0x5F21, 0x5F22, 0x5F23, 0x9F0B, 0x9F1F, 0x9F20, 0x9F6B,
    ]

    private static func secretValues(_ objects: [LenientTLV.Object]) -> [Range<Int>] {
        objects.flatMap { object -> [Range<Int>] in
            if privateTags.contains(object.tag.rawValue) { return object.value.isEmpty ? [] : [object.value] }
            return secretValues(self.objects(object.children ?? []))
        }
    }

    // MARK: Contactless memories

    /// A command to a contactless card through a reader's PN532 (NXP UM0701): the keys of MIFARE Classic, the passwords
    /// of MIFARE Ultralight and NTAG. InDataExchange (40) has a target number before the card's command;
    /// InCommunicateThru (42) has none, but programs send one there as well.
    static func contactlessBytes(_ command: CommandBytes, _ data: Range<Int>) -> [Range<Int>]? {
        guard data.count >= 3, command[data.lowerBound] == 0xD4 else { return nil }
        switch command[data.lowerBound + 1] {
        case 0x40: return memoryCommandBytes(command, data.after(3))
        case 0x42: return memoryCommandBytes(command, data.after(2)) ?? memoryCommandBytes(command, data.after(3))
        default: return nil
        }
    }

    private static func memoryCommandBytes(_ command: CommandBytes, _ card: Range<Int>) -> [Range<Int>]? {
        guard card.count > 1 else { return nil }
        let rest = card.after(1)
        switch command[card.lowerBound] {
        case 0x1B:
            // PWD_AUTH, and a checksum that would tell of the password
            return [rest]
        case 0x60, 0x61:
            // Authentication with key A or B: block, key, serial number
            let key = rest.after(1).first(6)
            return key.isEmpty ? nil : [key]
        case 0xA0, 0xA2:
            // WRITE of a block or a page
            let secrets = memoryBytes(address: Int(command[rest.lowerBound]), rest.after(1))
            return secrets.isEmpty ? nil : secrets
        default: return nil
        }
    }

    /// What is secret of data written to a contactless memory: of a sector trailer of MIFARE Classic both keys, and the
    /// pages of passwords and keys of MIFARE Ultralight (EV1, C) and NTAG 21x.
    static func memoryBytes(address: Int, _ data: Range<Int>) -> [Range<Int>] {
        let passwords: [ClosedRange<Int>] = [0x12...0x13, 0x27...0x28, 0x2B...0x2F, 0x85...0x86, 0xE5...0xE6]
        let pages = address..<(address + max(1, data.count / 4))
        guard !data.isEmpty, !passwords.contains(where: { pages.overlaps(Range($0)) }) else {
            return data.isEmpty ? [] : [data]
        }
        return (0..<(data.count / 16)).filter { (address + $0) % 4 == 3 }.flatMap { block in
            let trailer = data.after(16 * block)
            return [trailer.first(6), trailer.after(10).first(6)]
        }
    }
}

extension Range<Int> {
    /// Without the first `count`.
    func after(_ count: Int) -> Self { Swift.min(lowerBound + count, upperBound)..<upperBound }

    /// The first `count`.
    func first(_ count: Int) -> Self { lowerBound..<Swift.min(lowerBound + count, upperBound) }

    func moved(by count: Int) -> Self { (lowerBound + count)..<(upperBound + count) }
}
