import ISO7816

/// GET DATA, PUT DATA, and the PINs.
extension FileSystem {
    mutating func dataObject(_ command: FileCommand, on channel: UInt8) throws(FileRefusal) -> ResponseAPDU {
        let path = (channels[channel]?.directory ?? [])[...]
        let tag = UInt16(command.p1) << 8 | UInt16(command.p2)
        switch command.ins {
        case 0xCA:
            guard let value = root[path].objects[tag] else { throw FileRefusal(.referencedDataNotFound) }
            return ResponseAPDU(data: value, status: .success)
        case 0xDA:
            root[path].objects[tag] = command.data
        default:
            guard tag == 0x3FFF else { throw FileRefusal(.notFound) }
            let objects = try parsed(command.data)
            if command.ins == 0xCB { return try list(objects, root[path]) }
            for object in objects {
                guard object.tag.byteCount <= 2, !object.tag.isConstructed else { throw FileRefusal(.wrongData) }
                root[path].objects[UInt16(object.tag.rawValue)] = [UInt8](object.value)
            }
        }
        return ResponseAPDU(status: .success)
    }

    private func parsed(_ data: [UInt8]) throws(FileRefusal) -> [TLV] {
        do throws(TLVError) {
            return try TLV.parse(data)
        } catch {
            throw FileRefusal(.wrongData)
        }
    }

    /// The primitive data objects in tag list 5C.
    private func list(_ objects: [TLV], _ directory: Directory) throws(FileRefusal) -> ResponseAPDU {
        guard let tags = objects.first, tags.tag == 0x5C else { throw FileRefusal(.wrongData) }
        var found: [UInt8] = []
        var rest = tags.value
        while let first = rest.popFirst() {
            var tag = UInt32(first)
            if first & 0x1F == 0x1F { tag = tag << 8 | UInt32(rest.popFirst() ?? 0) }
            guard let known = TLVTag(rawValue: tag), !known.isConstructed,
                let value = directory.objects[UInt16(truncatingIfNeeded: tag)]
            else { throw FileRefusal(.referencedDataNotFound) }
            found += TLV(known, value).bytes
        }
        return ResponseAPDU(data: found, status: .success)
    }

    mutating func pin(_ command: FileCommand) throws(FileRefusal) -> ResponseAPDU {
        let number = command.p2 & 0x7F
        guard var pin = pins[number] else { throw FileRefusal(.referencedDataNotFound) }
        defer { pins[number] = pin }
        if command.ins == 0x2C { return try resetCounter(command, &pin) }
        if command.ins == 0x20, command.data.isEmpty {
            guard pin.isEnabled, !verified.contains(number) else { return ResponseAPDU(status: .success) }
            throw FileRefusal(pin.triesLeft == 0 ? .authenticationMethodBlocked : .triesLeft(UInt8(pin.triesLeft)))
        }
        guard command.p1 == 0 else { throw FileRefusal(.wrongParameters) }
        let given: [UInt8]
        if command.ins == 0x24 {
            guard command.data.count == 2 * pin.block.count else { throw FileRefusal(.wrongLength) }
            given = [UInt8](command.data.prefix(pin.block.count))
        } else {
            given = command.data
        }
        guard pin.triesLeft > 0 else { throw FileRefusal(.authenticationMethodBlocked) }
        // Decremented before the comparison, as a card must to withstand a power cut.
        pin.triesLeft -= 1
        guard given == pin.block else {
            verified.remove(number)
            throw FileRefusal(.triesLeft(UInt8(pin.triesLeft)))
        }
        pin.triesLeft = pin.tries
        verified.insert(number)
        switch command.ins {
        case 0x24: pin.block = [UInt8](command.data.suffix(pin.block.count))
        case 0x26: pin.isEnabled = false
        case 0x28: pin.isEnabled = true
        default: break
        }
        return ResponseAPDU(status: .success)
    }

    private func resetCounter(_ command: FileCommand, _ pin: inout CardPIN) throws(FileRefusal) -> ResponseAPDU {
        guard let code = pin.resettingCode, command.p1 <= 1 else { throw FileRefusal(.conditionsNotSatisfied) }
        guard command.data.starts(with: code) else { throw FileRefusal(.verificationFailed) }
        let new = [UInt8](command.data.dropFirst(code.count))
        guard new.count == (command.p1 == 0 ? pin.block.count : 0) else { throw FileRefusal(.wrongLength) }
        if command.p1 == 0 { pin.block = new }
        pin.triesLeft = pin.tries
        return ResponseAPDU(status: .success)
    }
}
