import CardCrypto

/// A command under secure messaging, as a terminal protects it and a card opens it (ISO/IEC 7816-4, 10.2 to 10.4).
public enum SecureCommand {
    /// Encrypts and signs `command`.
    ///
    /// - Throws: `CardError`: what the cipher throws; `.unsupported` where the result is too long for a command.
    public static func protect(
        _ command: CommandAPDU, _ cipher: any SecureMessagingCipher
    ) throws(CardError) -> CommandAPDU {
        cipher.beginMessage()
        let cla = ClassByte(command.cla).securelyMessaged()
        let header = [cla.rawValue, command.ins, command.p1, command.p2]
        var objects = cla.isFurther ? TLV(0x89, header).bytes : []
        if !command.data.isEmpty {
            let padded = BlockPadding.padded([UInt8](command.data), to: cipher.blockCount)
            let cryptogram = try cipher.encrypt(padded)
            // Only 87 has a padding indicator: 01, padding as here. 85 holds data objects, which are padded too.
            objects +=
                command.ins & 1 == 1 ? TLV(0x85, cryptogram).bytes : TLV(0x87, [0x01] + cryptogram).bytes
        }
        if let expected = command.expectedLength {
            let low = UInt8(truncatingIfNeeded: expected)
            let value = command.form.isExtended ? [UInt8(truncatingIfNeeded: expected >> 8), low] : [low]
            objects += TLV(0x97, value).bytes
        }
        objects += TLV(0x8E, try checksum(header, objects, cipher, isFurther: cla.isFurther)).bytes
        let isLong = objects.count > 255 || command.form.isExtended
        do throws(APDUError) {
            return try CommandAPDU(
                cla: cla.rawValue, ins: command.ins, p1: command.p1, p2: command.p2, data: objects,
                expectedLength: isLong ? 65_536 : 256, extended: isLong)
        } catch {
            throw CardError(.unsupported, subject: "a command under secure messaging", cause: error)
        }
    }

    /// Checks and decrypts, as a card does.
    ///
    /// - Returns: the plain command, its class without the secure messaging indication; nil where a data object is
    ///   missing, wrong or unknown, or the checksum is wrong. The message is counted in any case.
    /// - Throws: `CardError`: what the cipher throws.
    public static func open(
        _ command: CommandAPDU, _ cipher: any SecureMessagingCipher
    ) throws(CardError) -> CommandAPDU? {
        cipher.beginMessage()
        let cla = ClassByte(command.cla)
        let header = [UInt8](command.bytes[..<4])
        guard let objects = SecureObjects(command.data), let sum = objects[0x8E], objects.tags.last == 0x8E else {
            return nil
        }
        guard try ConstantTime.areEqual(sum, checksum(header, objects.signed, cipher, isFurther: cla.isFurther)) else {
            return nil
        }
        if cla.isFurther, objects[0x89] != header { return nil }
        guard objects.tags.allSatisfy({ [0x85, 0x87, 0x89, 0x97, 0x8E].contains($0) }) else { return nil }
        var data: [UInt8] = []
        if let cryptogram = objects.cryptogram {
            guard !cryptogram.isEmpty, cryptogram.count % cipher.blockCount == 0,
                let plain = BlockPadding.unpadded(try cipher.decrypt(cryptogram), block: cipher.blockCount)
            else { return nil }
            data = plain
        }
        var expected: Int?
        if let le = objects[0x97] {
            guard (1...2).contains(le.count) else { return nil }
            let number = le.reduce(0) { $0 << 8 | Int($1) }
            expected = number == 0 ? (le.count == 1 ? 256 : 65_536) : number
        }
        do throws(APDUError) {
            return try CommandAPDU(
                cla: cla.withoutSecureMessaging().rawValue, ins: command.ins, p1: command.p1, p2: command.p2,
                data: data,
                expectedLength: expected)
        } catch {
            return nil
        }
    }

    /// The padded header and the data objects; the header is included as 89 where the class cannot indicate that it is
    /// authenticated.
    private static func checksum(
        _ header: [UInt8], _ objects: [UInt8], _ cipher: any SecureMessagingCipher, isFurther: Bool
    ) throws(CardError) -> [UInt8] {
        let first = isFurther ? [] : BlockPadding.padded(header, to: cipher.blockCount)
        // A header alone is already padded to whole blocks.
        return try cipher.sign(objects.isEmpty ? first : BlockPadding.padded(first + objects, to: cipher.blockCount))
    }
}
