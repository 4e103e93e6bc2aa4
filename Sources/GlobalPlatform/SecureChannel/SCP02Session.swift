import CardCrypto
import Diagnostics
import ISO7816

/// SCP02 with "i" 15 or 55: triple DES, three keys, signatures over the modified command, with the previous MAC
/// encrypted as ICV; with "i" 35 or 75 also signed answers (GlobalPlatform Card Specification 2.3.1, E.4). For old
/// cards.
final class SCP02Session: SecureChannelSession {
    var level: SecurityLevel = []
    private let encryption: Secret
    private let commandMAC: Secret
    /// The first half of `commandMAC`, which encrypts the previous signature.
    private let chainingKey: Secret
    private let answerMAC: Secret
    private let dataEncryption: Secret
    private let hostChallenge: [UInt8]
    private let cardChallenge: [UInt8]
    private var last: [UInt8]?
    /// The value that the signature of the next answer is chained to: the previous one, initially that of EXTERNAL
    /// AUTHENTICATE.
    private var lastAnswer: [UInt8]?
    /// The plain command, which the signature of its answer covers.
    private var asked: [UInt8] = []

    /// - Parameters:
    ///   - keys: the card's own, triple DES.
    ///   - hostChallenge: 8 bytes.
    ///   - cardChallenge: sequence counter and challenge, 8 bytes.
    init(_ keys: KeySet, hostChallenge: [UInt8], cardChallenge: [UInt8]) throws(GlobalPlatformError) {
        self.hostChallenge = hostChallenge
        self.cardChallenge = cardChallenge
        encryption = try Self.derived(keys.encryption, 0x82, cardChallenge)
        commandMAC = try Self.derived(keys.mac, 0x01, cardChallenge)
        answerMAC = try Self.derived(keys.mac, 0x02, cardChallenge)
        dataEncryption = try Self.derived(keys.dataEncryption, 0x81, cardChallenge)
        chainingKey = unsafe commandMAC.withBytes { unsafe Secret(copying: $0.prefix(8)) }
    }

    /// E.4.1: constant, sequence counter and zeros, encrypted in CBC mode.
    private static func derived(
        _ key: Secret, _ constant: UInt8, _ cardChallenge: [UInt8]
    ) throws(GlobalPlatformError) -> Secret {
        let block = [0x01, constant] + cardChallenge.prefix(2) + [UInt8](repeating: 0, count: 12)
        var bytes = try primitive(BlockCipher.tripleDES.encrypt(block, key))
        return Secret(taking: &bytes)
    }

    func cardCryptogram() throws(GlobalPlatformError) -> [UInt8] {
        try primitive(TripleDESMAC.sign(BlockPadding.padded(hostChallenge + cardChallenge, to: 8), encryption))
    }

    func hostCryptogram() throws(GlobalPlatformError) -> [UInt8] {
        try primitive(TripleDESMAC.sign(BlockPadding.padded(cardChallenge + hostChallenge, to: 8), encryption))
    }

    /// The signature over `signed`, which the next one is chained to.
    private func sign(_ signed: [UInt8]) throws(GlobalPlatformError) -> [UInt8] {
        let iv: [UInt8]?
        if let last { iv = try primitive(BlockCipher.des.encrypt(last, chainingKey)) } else { iv = nil }
        return try primitive(RetailMAC.sign(BlockPadding.padded(signed, to: 8), commandMAC, iv: iv))
    }

    private func follow(_ command: CommandAPDU, _ data: [UInt8], _ signature: [UInt8], authenticates: Bool) {
        last = signature
        if authenticates { lastAnswer = signature }
        asked = [command.signedClass & ~0x07, command.ins, command.p1, command.p2, UInt8(data.count)] + data
    }

    func wrap(_ command: CommandAPDU, authenticates: Bool) throws(GlobalPlatformError) -> CommandAPDU {
        var data = [UInt8](command.data)
        guard data.count <= 239, !command.form.isExtended else {
            throw GlobalPlatformError(
                .outOfRange, "a command for SCP02", cause: Circumstance("SCP02 carries at most 239 bytes at once"))
        }
        let signature = try sign(command.signedHeader(data.count + 8, isExtended: false) + data)
        follow(command, data, signature, authenticates: authenticates)
        if !authenticates, level.contains(.commandEncryption), !data.isEmpty {
            data = try primitive(BlockCipher.tripleDES.encrypt(BlockPadding.padded(data, to: 8), encryption))
        }
        return try command.wrapped(data + signature)
    }

    /// E.4.5: the signature is over the command without protection, the length of the answer's data, the data and the
    /// status word. Whether errors are signed is up to the card; an unsigned one must consist only of its status word.
    func unwrap(_ response: ResponseAPDU) throws(GlobalPlatformError) -> ResponseAPDU {
        guard level.contains(.answerMAC), response.isSigned || !response.data.isEmpty else { return response }
        guard response.data.count >= 8 else {
            throw GlobalPlatformError(.notAuthentic, "an answer without signature")
        }
        let data = [UInt8](response.data.dropLast(8))
        let expected = try answerSignature(data, response.status)
        guard ConstantTime.areEqual(expected, response.data.suffix(8)) else {
            throw GlobalPlatformError(.notAuthentic, "the signature of an answer")
        }
        lastAnswer = expected
        return ResponseAPDU(data: data, status: response.status)
    }

    private func answerSignature(_ data: [UInt8], _ status: StatusWord) throws(GlobalPlatformError) -> [UInt8] {
        let signed = asked + [UInt8(truncatingIfNeeded: data.count)] + data + status.bytes
        return try primitive(RetailMAC.sign(BlockPadding.padded(signed, to: 8), answerMAC, iv: lastAnswer))
    }

    /// Block by block: E.4.7.
    func encrypt(key: Secret) throws(GlobalPlatformError) -> [UInt8] {
        let fill = (8 - key.count % 8) % 8
        var plain: [UInt8] = []
        // An array that grows would leave the key in the memory that it frees.
        plain.reserveCapacity(key.count + fill)
        defer { Secret.wipe(&plain) }
        unsafe key.withBytes { unsafe plain.append(contentsOf: $0) }
        if fill > 0 { plain += try primitive(SystemRandomness.bytes(fill)) }
        var encrypted: [UInt8] = []
        for start in stride(from: 0, to: plain.count, by: 8) {
            var block = [UInt8](plain[start..<start + 8])
            defer { Secret.wipe(&block) }
            encrypted += try primitive(BlockCipher.tripleDES.encrypt(block, dataEncryption))
        }
        return encrypted
    }
}

// The card's side.
extension SCP02Session {
    /// Checks and decrypts a command; nil where it is invalid, after which the channel is closed.
    func open(_ command: CommandAPDU, authenticates: Bool) throws(GlobalPlatformError) -> CommandAPDU? {
        guard command.data.count >= 8, !command.form.isExtended else { return nil }
        var data = [UInt8](command.data.dropLast(8))
        if !authenticates, level.contains(.commandEncryption), !data.isEmpty {
            guard data.count % 8 == 0,
                let plain = BlockPadding.unpadded(
                    try primitive(BlockCipher.tripleDES.decrypt(data, encryption)), block: 8)
            else { return nil }
            data = plain
        }
        let expected = try sign(command.signedHeader(data.count + 8, isExtended: false) + data)
        guard ConstantTime.areEqual(expected, command.data.suffix(8)) else { return nil }
        follow(command, data, expected, authenticates: authenticates)
        return command.opened(data)
    }

    func protect(_ response: ResponseAPDU) throws(GlobalPlatformError) -> ResponseAPDU {
        guard level.contains(.answerMAC), response.isSigned else { return response }
        let signature = try answerSignature([UInt8](response.data), response.status)
        lastAnswer = signature
        return try response.protected([UInt8](response.data) + signature)
    }

    /// A key from PUT KEY, including its padding.
    func decrypt(key: [UInt8]) throws(GlobalPlatformError) -> [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(key.count)
        guard key.count % 8 == 0 else { throw GlobalPlatformError(.outOfRange, "an encrypted key") }
        for start in stride(from: 0, to: key.count, by: 8) {
            plain += try primitive(BlockCipher.tripleDES.decrypt([UInt8](key[start..<start + 8]), dataEncryption))
        }
        return plain
    }
}
