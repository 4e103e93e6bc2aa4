import CardCrypto

/// An answer under secure messaging, as a card protects it and a terminal opens it (ISO/IEC 7816-4, 10.2 to 10.4).
public enum SecureAnswer {
    /// Encrypts and signs `response`.
    ///
    /// - Parameters:
    ///   - response: the answer in plain.
    ///   - isOdd: whether the command's instruction is odd, for which the cryptogram is 85 instead of 87.
    ///   - cipher: the session's keys and counters.
    /// - Throws: `CardError`: what the cipher throws; `.malformedAnswer` where an answer cannot hold the message.
    public static func protect(
        _ response: ResponseAPDU, isOdd: Bool, _ cipher: any SecureMessagingCipher
    ) throws(CardError) -> ResponseAPDU {
        cipher.beginMessage()
        var objects: [UInt8] = []
        if !response.data.isEmpty {
            let padded = BlockPadding.padded([UInt8](response.data), to: cipher.blockCount)
            let cryptogram = try cipher.encrypt(padded)
            objects += isOdd ? TLV(0x85, cryptogram).bytes : TLV(0x87, [0x01] + cryptogram).bytes
        }
        objects += TLV(0x99, response.status.bytes).bytes
        objects += TLV(0x8E, try cipher.sign(BlockPadding.padded(objects, to: cipher.blockCount))).bytes
        guard objects.count <= 65_536 else {
            throw CardError(.malformedAnswer, subject: "secure messaging, an answer of \(objects.count) bytes")
        }
        return ResponseAPDU(data: objects, status: response.status)
    }

    /// Checks and decrypts.
    ///
    /// - Throws: `CardError`: what the cipher throws; `.notAuthentic` for any failed check; `.sessionEnded` for a
    ///   status word alone, which means that the card ended the session.
    public static func open(
        _ response: ResponseAPDU, _ cipher: any SecureMessagingCipher
    ) throws(CardError) -> ResponseAPDU {
        cipher.beginMessage()
        let status = response.status
        if response.data.isEmpty {
            // Unauthenticated: anybody could have sent a success status here.
            throw CardError(
                status.category == .normal ? .notAuthentic : .sessionEnded,
                subject: "secure messaging, status \(status) alone: \(status.meaning)")
        }
        guard let objects = SecureObjects(response.data), let sum = objects[0x8E], objects.tags.last == 0x8E,
            objects.tags.allSatisfy({ [0x81, 0x85, 0x87, 0x99, 0x8E].contains($0) })
        else { throw wrong("data objects that do not belong there, or no checksum") }
        let computed = try cipher.sign(BlockPadding.padded(objects.signed, to: cipher.blockCount))
        guard ConstantTime.areEqual(sum, computed) else { throw wrong("the checksum") }
        guard let protected = objects[0x99] else { throw wrong("no status within") }
        guard protected == status.bytes else { throw wrong("the status within is not the one without") }
        if let plain = objects[0x81] { return ResponseAPDU(data: plain, status: status) }
        guard let cryptogram = objects.cryptogram else { return ResponseAPDU(status: status) }
        guard !cryptogram.isEmpty, cryptogram.count % cipher.blockCount == 0,
            let plain = BlockPadding.unpadded(try cipher.decrypt(cryptogram), block: cipher.blockCount)
        else { throw wrong("the cryptogram") }
        return ResponseAPDU(data: plain, status: status)
    }

    private static func wrong(_ what: String) -> CardError {
        CardError(.notAuthentic, subject: "secure messaging, \(what)")
    }
}

/// The data objects of a message under secure messaging: each tag at most once, not nested.
struct SecureObjects {
    let tags: [UInt8]
    private let values: [[UInt8]]
    /// The bytes before the checksum.
    let signed: [UInt8]

    /// - Returns: nil for malformed data objects, a repeated tag, and tags longer than one byte.
    init?(_ bytes: ArraySlice<UInt8>) {
        var (tags, values, signed): ([UInt8], [[UInt8]], [UInt8]) = ([], [], [])
        let bytes = [UInt8](bytes)
        var cursor = TLVCursor(bytes.span)
        do throws(TLVError) {
            while let element = try cursor.next() {
                guard element.tag.byteCount == 1, !element.tag.isConstructed else { return nil }
                let tag = UInt8(element.tag.rawValue)
                guard !tags.contains(tag) else { return nil }
                tags.append(tag)
                let start = element.valueOffset
                values.append([UInt8](bytes[start..<start + element.value.count]))
                if tag != 0x8E { signed = [UInt8](bytes[..<(start + element.value.count)]) }
            }
        } catch {
            return nil
        }
        self.tags = tags
        self.values = values
        self.signed = signed
    }

    subscript(tag: UInt8) -> [UInt8]? { tags.firstIndex(of: tag).map { values[$0] } }

    /// The cryptogram: 85 as it is, 87 without its padding indicator, which must be 01.
    var cryptogram: [UInt8]? {
        if let value = self[0x85] { return value }
        guard let value = self[0x87] else { return nil }
        return value.first == 0x01 ? [UInt8](value.dropFirst()) : []
    }
}
