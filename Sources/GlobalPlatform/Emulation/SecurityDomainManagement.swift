import CardCrypto
import ISO7816

/// The commands of a ``SecurityDomainCard`` within an open channel, and those that need none.
extension SecurityDomainCard {
    func getData(_ command: CommandAPDU) -> ResponseAPDU {
        switch (command.p1, command.p2) {
        case (0x00, 0xE0): return ResponseAPDU(data: keyInformation.bytes, status: .success)
        case (0x00, 0x66): return ResponseAPDU(data: cardData.bytes, status: .success)
        default: return ResponseAPDU(status: .referencedDataNotFound)
        }
    }

    private var keyInformation: TLV {
        let objects = keys.sorted { $0.key < $1.key }.flatMap { version, set in
            set.sorted { $0.key < $1.key }.map { identifier, stored in
                TLV(0xC0, [identifier, version, stored.cipher == .aes ? 0x88 : 0x80, UInt8(stored.key.count)])
            }
        }
        return TLV(0xE0, children: objects)
    }

    private var cardData: TLV {
        let root: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xFC, 0x6B]
        let offer: [UInt8] = keys[defaultVersion]?[1]?.cipher == .aes ? [0x04, 0x03, parameter] : [0x04, 0x02, 0x75]
        return TLV(
            0x66,
            children: [
                TLV(
                    0x73,
                    children: [
                        TLV(0x06, root + [0x01]), TLV(0x60, children: [TLV(0x06, root + [0x02, 0x02, 0x03, 0x01])]),
                        TLV(0x64, children: [TLV(0x06, root + offer)]),
                    ])
            ])
    }

    func manage(_ command: CommandAPDU, _ session: any SecureChannelSession) throws(GlobalPlatformError) -> ResponseAPDU
    {
        switch command.ins {
        case 0xCA: return getData(command)
        case 0xF2: return getStatus(command)
        case 0xD8: return try putKey(command, session)
        case 0xE4: return try delete(command)
        case 0xE6:
            let aid = [UInt8](command.data.dropFirst(3).dropLast(3))
            return ResponseAPDU(data: [0x00], status: command.p1 == 0x20 && aid == Self.aid ? .success : .notFound)
        case 0xE2:
            guard Int(command.p2) == blocks.count else { return ResponseAPDU(status: .wrongParameters) }
            blocks.append([UInt8](command.data))
            if command.p1 & 0x80 != 0 {
                stored.append(Array(blocks.joined()))
                blocks = []
            }
            return ResponseAPDU(status: .success)
        default: return ResponseAPDU(status: .instructionNotSupported)
        }
    }

    private func getStatus(_ command: CommandAPDU) -> ResponseAPDU {
        guard command.p2 == 0x02, command.p1 == 0x80 else { return ResponseAPDU(status: .referencedDataNotFound) }
        let entry = TLV(
            0xE3, children: [TLV(0x4F, Self.aid), TLV(0x9F70, [0x07]), TLV(0xC5, [0x9E, 0xFE, 0x80])])
        return ResponseAPDU(data: entry.bytes, status: .success)
    }

    private func putKey(
        _ command: CommandAPDU, _ session: any SecureChannelSession
    ) throws(GlobalPlatformError) -> ResponseAPDU {
        let first = command.p2 & 0x7F
        guard first > 0, command.p1 <= 0x7F, command.p1 == 0 || keys[command.p1] != nil else {
            return ResponseAPDU(status: .referencedDataNotFound)
        }
        var rest = command.data
        func read(_ count: Int) throws(GlobalPlatformError) -> [UInt8] {
            guard count <= rest.count else {
                throw GlobalPlatformError(.malformedAnswer, "PUT KEY", status: .wrongData)
            }
            defer { rest = rest.dropFirst(count) }
            return [UInt8](rest.prefix(count))
        }
        let version = try read(1)[0]
        guard (1...127).contains(version), command.p1 != 0 || keys[version] == nil else {
            return ResponseAPDU(status: .wrongData)
        }
        var (new, confirmed): ([UInt8: StoredKey], [UInt8]) = ([:], [version])
        while !rest.isEmpty {
            let head = try read(2)
            guard head[0] == 0x80 || head[0] == 0x88 && head[1] > 0, Int(first) + new.count <= 127 else {
                return ResponseAPDU(status: .wrongData)
            }
            let cipher: BlockCipher = head[0] == 0x88 ? .aes : .tripleDES
            let count = cipher == .aes ? Int(try read(1)[0]) : Int(head[1])
            var plain = try session.decrypt(key: read(Int(head[1]) - (cipher == .aes ? 1 : 0)))
            defer { Secret.wipe(&plain) }
            guard count <= plain.count, cipher.accepts(keyCount: count) else { return ResponseAPDU(status: .wrongData) }
            let key = Secret(copying: plain.prefix(count))
            let value = try CheckValue.bytes(of: key, cipher)
            guard try read(Int(read(1)[0])) == value else { return ResponseAPDU(status: StatusWord(0x9485)) }
            confirmed += value
            new[first + UInt8(new.count)] = StoredKey(key: key, cipher: cipher)
        }
        guard !new.isEmpty, (new.count > 1) == (command.p2 & 0x80 != 0) else { return ResponseAPDU(status: .wrongData) }
        var set = command.p1 == 0 ? [:] : keys[command.p1] ?? [:]
        set.merge(new) { $1 }
        if command.p1 != 0 { keys[command.p1] = nil }
        keys[version] = set
        if command.p1 == defaultVersion { defaultVersion = version }
        return ResponseAPDU(data: confirmed, status: .success)
    }

    private func delete(_ command: CommandAPDU) throws(GlobalPlatformError) -> ResponseAPDU {
        let objects = try dataObjects([UInt8](command.data), "DELETE")
        func byte(_ tag: TLVTag) -> UInt8? { objects.first { $0.tag == tag }?.value.first }
        guard let version = byte(0xD2), let set = keys[version], version != defaultVersion else {
            return ResponseAPDU(status: .referencedDataNotFound)
        }
        if let identifier = byte(0xD0) {
            guard set[identifier] != nil else { return ResponseAPDU(status: .referencedDataNotFound) }
            keys[version]?[identifier] = nil
        } else {
            keys[version] = nil
        }
        return ResponseAPDU(data: [0x00], status: .success)
    }
}
