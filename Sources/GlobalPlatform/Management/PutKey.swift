public import CardCrypto
import ISO7816

/// PUT KEY, DELETE of keys, and personalization (GlobalPlatform Card Specification 2.3.1, 11.2, 11.8, 11.11).
extension SecureChannel {
    /// PUT KEY: a key set of three, encrypted by the channel.
    ///
    /// The card answers with the check values of its new keys, which must equal those of the keys sent.
    ///
    /// - Parameters:
    ///   - keys: the keys.
    ///   - version: their version, 1 to 127.
    ///   - replacing: the version of the set that they replace; nil for a new set.
    /// - Throws: `GlobalPlatformError`; `.checkValueDiffers` where the card then has other keys,
    ///   `.keyChangeInDoubt` where its valid answer is missing.
    public func put(_ keys: KeySet, version: UInt8, replacing: UInt8? = nil) throws(GlobalPlatformError) {
        let sent = KeySet.Purpose.allCases.map { (keys.key($0), keys.cipher) }
        try put(sent, from: 1, version: version, replacing: replacing)
    }

    /// PUT KEY: any keys in a row, encrypted by the channel.
    ///
    /// - Parameters:
    ///   - keys: 1 to 8 keys, each with its cipher.
    ///   - identifier: that of the first key; the others follow. All are 1 to 127.
    ///   - version: their version, 1 to 127.
    ///   - replacing: the version that they replace; nil for new keys.
    /// - Throws: `GlobalPlatformError`; `.checkValueDiffers` where the card then has other keys,
    ///   `.keyChangeInDoubt` where its valid answer is missing.
    public func put(
        _ keys: [(key: Secret, cipher: BlockCipher)], from identifier: UInt8, version: UInt8,
        replacing: UInt8? = nil
    ) throws(GlobalPlatformError) {
        let name = "PUT KEY"
        guard (1...127).contains(version), (1...127).contains(identifier),
            replacing.map({ (1...127).contains($0) }) ?? true,
            (1...8).contains(keys.count), Int(identifier) + keys.count <= 128,
            keys.allSatisfy({ $0.cipher != .des && $0.cipher.accepts(keyCount: $0.key.count) })
        else { throw GlobalPlatformError(.outOfRange, name) }
        var data = [version]
        var checkValues = [version]
        for (key, cipher) in keys {
            let value = try CheckValue.bytes(of: key, cipher)
            let encrypted = try encrypt(key: key)
            // For AES the length of the key is included, since its block may be padded (Amendment D 1.1.2, 7.2).
            data +=
                cipher == .aes
                ? [0x88, UInt8(encrypted.count + 1), UInt8(key.count)] + encrypted
                : [0x80, UInt8(encrypted.count)] + encrypted
            data += [UInt8(value.count)] + value
            checkValues += value
        }
        let p2 = identifier | (keys.count > 1 ? 0x80 : 0)
        let answer = try performKeyChange(command(name, 0xD8, replacing ?? 0, p2, data), name)
        guard ConstantTime.areEqual(answer.data, checkValues) else {
            throw GlobalPlatformError(.checkValueDiffers, "\(name), version \(version)")
        }
    }

    private func performKeyChange(
        _ command: CommandAPDU, _ name: String
    ) throws(GlobalPlatformError) -> ResponseAPDU {
        // Nothing is sent through a channel that has ended.
        let isSent = !hasEnded
        do throws(GlobalPlatformError) {
            return try perform(command, name)
        } catch {
            guard isSent, error.code == .noAnswer || error.code == .notAuthentic else { throw error }
            throw GlobalPlatformError(.keyChangeInDoubt, name, cause: error.cause)
        }
    }

    /// DELETE: one key, or a whole set.
    ///
    /// - Parameters:
    ///   - version: 1 to 127.
    ///   - identifier: that of one key, 1 to 127; nil for all of the version.
    /// - Throws: `GlobalPlatformError`.
    public func deleteKey(version: UInt8, identifier: UInt8? = nil) throws(GlobalPlatformError) {
        let name = "DELETE"
        guard (1...127).contains(version), identifier.map({ (1...127).contains($0) }) ?? true else {
            throw GlobalPlatformError(.outOfRange, name)
        }
        let data = (identifier.map { [0xD0, 0x01, $0] } ?? []) + [0xD2, 0x01, version]
        _ = try perform(command(name, 0xE4, 0x00, 0x00, data), name)
    }

    /// STORE DATA: personalization data for the application selected by ``personalize(_:)``, or for the security domain
    /// itself, in as many blocks as needed.
    ///
    /// - Parameters:
    ///   - data: 1 byte to 56 kB.
    ///   - structure: how `data` is coded.
    ///   - block: bytes per block, 1 to 223.
    /// - Throws: `GlobalPlatformError`.
    public func store(
        _ data: [UInt8], structure: StoreDataStructure = .unspecified, block: Int = 223
    ) throws(GlobalPlatformError) {
        let name = "STORE DATA"
        guard !data.isEmpty, (1...223).contains(block), data.count <= 256 * block else {
            throw GlobalPlatformError(.outOfRange, name)
        }
        var rest = data[...]
        var number = 0
        while !rest.isEmpty {
            let part = rest.prefix(block)
            rest = rest.dropFirst(block)
            let p1 = structure.rawValue | (rest.isEmpty ? 0x80 : 0x00)
            _ = try perform(command(name, 0xE2, p1, UInt8(number), [UInt8](part), expecting: nil), name)
            number += 1
        }
    }

    /// INSTALL [for personalization]: the following ``store(_:structure:block:)`` is for this application.
    ///
    /// - Parameter aid: 5 to 16 bytes.
    /// - Throws: `GlobalPlatformError`.
    public func personalize(_ aid: [UInt8]) throws(GlobalPlatformError) {
        let name = "INSTALL"
        guard (5...16).contains(aid.count) else { throw GlobalPlatformError(.outOfRange, name) }
        let data = [0x00, 0x00, UInt8(aid.count)] + aid + [0x00, 0x00, 0x00]
        _ = try perform(command(name, 0xE6, 0x20, 0x00, data), name)
    }
}

/// How the data of STORE DATA are coded (GlobalPlatform Card Specification 2.3.1, 11.11.2.1: bits 5 and 4 of P1).
public enum StoreDataStructure: UInt8, Sendable, Hashable, CaseIterable {
    /// Not specified.
    case unspecified = 0x00
    /// Data groupings, DGI.
    case dataGroupings = 0x08
    /// BER-TLV.
    case berTLV = 0x10
}
