public import CardCrypto
public import ISO7816

/// An emulated card with an issuer security domain: SCP03 or SCP02, depending on whether its keys are AES or triple
/// DES; GET DATA, GET STATUS, PUT KEY, DELETE of keys, INSTALL [for personalization] and STORE DATA.
///
/// It is the card's side of ``SecureChannel``, for experiments and tests. It does not load or run applications.
public final class SecurityDomainCard: IntegratedCircuitCard {
    /// A key on the card.
    public struct StoredKey: Sendable {
        public let key: Secret
        public let cipher: BlockCipher
    }

    /// The AID of the issuer security domain.
    public static let aid: [UInt8] = [0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00]

    /// Direct convention, T=1.
    public let answerToReset: [UInt8] = [0x3B, 0x80, 0x80, 0x01, 0x01]
    /// The keys, by version and identifier.
    public internal(set) var keys: [UInt8: [UInt8: StoredKey]]
    /// The data of completed STORE DATA sequences.
    public internal(set) var stored: [[UInt8]] = []
    /// The number of channels opened.
    public internal(set) var sequenceCounter: UInt32
    /// The number of consecutive wrong host cryptograms.
    public internal(set) var failures = 0
    /// The parameter "i": the options of the card's SCP03.
    let parameter: UInt8
    var defaultVersion: UInt8
    var session: (any SecureChannelSession)?
    var isAuthenticated = false
    /// The blocks of an incomplete STORE DATA sequence.
    var blocks: [[UInt8]] = []
    /// Answers instead of the card management, for testing a channel.
    package var answering: ((CommandAPDU) -> ResponseAPDU)?
    /// Answers instead of SELECT, and instead of GET DATA without a channel, unless it returns nil.
    package var answeringOpenly: ((CommandAPDU) -> ResponseAPDU?)?
    private let random: (Int) throws(CryptoError) -> [UInt8]

    /// - Parameters:
    ///   - keys: the initial key set.
    ///   - version: that set's version.
    ///   - parameter: 00, 10, 20, 30, 60 or 70, with 01 added for S16 mode.
    ///   - sequenceCounter: the initial value.
    ///   - random: the source of challenges; by default libcrypto.
    public init(
        _ keys: KeySet, version: UInt8 = 0x01, parameter: UInt8 = 0x70, sequenceCounter: UInt32 = 0,
        random: @escaping (Int) throws(CryptoError) -> [UInt8] = SystemRandomness.bytes
    ) {
        var set: [UInt8: StoredKey] = [:]
        for purpose in KeySet.Purpose.allCases {
            set[purpose.rawValue] = StoredKey(key: keys.key(purpose), cipher: keys.cipher)
        }
        self.keys = [version: set]
        self.defaultVersion = version
        self.parameter = parameter
        self.sequenceCounter = sequenceCounter
        self.random = random
    }

    public func reset() throws(CardError) { close() }

    func close() {
        session = nil
        isAuthenticated = false
        blocks = []
    }

    public func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        let parsed: CommandAPDU
        do throws(APDUError) {
            parsed = try CommandAPDU(command)
        } catch {
            return StatusWord.wrongLength.bytes
        }
        do throws(GlobalPlatformError) {
            return try answer(parsed).bytes
        } catch {
            close()
            return (error.status ?? .wrongData).bytes
        }
    }

    private func answer(_ command: CommandAPDU) throws(GlobalPlatformError) -> ResponseAPDU {
        switch (command.cla, command.ins) {
        case (0x00, 0xA4):
            close()
            return answeringOpenly?(command) ?? select(command)
        case (0x80, 0x50): return try initializeUpdate(command)
        case (0x84, 0x82): return try externalAuthenticate(command)
        case (0x80, 0xCA) where session == nil, (0x00, 0xCA) where session == nil:
            return answeringOpenly?(command) ?? getData(command)
        case (0x84, _):
            guard isAuthenticated, let session, let plain = try session.open(command, authenticates: false) else {
                close()
                return ResponseAPDU(status: .securityStatusNotSatisfied)
            }
            if let answering { return try session.protect(answering(plain)) }
            return try session.protect(try manage(plain, session))
        default:
            // No command may bypass an open channel.
            close()
            return ResponseAPDU(status: .securityStatusNotSatisfied)
        }
    }

    private func select(_ command: CommandAPDU) -> ResponseAPDU {
        guard command.p1 == 0x04, Self.aid.starts(with: command.data) else { return ResponseAPDU(status: .notFound) }
        let own = TLV(0xA5, children: [TLV(0x9F65, [0xFF])])
        return ResponseAPDU(data: TLV(0x6F, children: [TLV(0x84, Self.aid), own]).bytes, status: .success)
    }

    private func initializeUpdate(_ command: CommandAPDU) throws(GlobalPlatformError) -> ResponseAPDU {
        close()
        let version = command.p1 == 0 ? defaultVersion : command.p1
        guard let set = try keySet(version) else { return ResponseAPDU(status: .referencedDataNotFound) }
        let host = [UInt8](command.data)
        let size = set.cipher == .aes && parameter & 0x01 != 0 ? 16 : 8
        guard host.count == size else { return ResponseAPDU(status: .wrongLength) }
        let counter = (0..<3).map { UInt8(truncatingIfNeeded: sequenceCounter >> (16 - 8 * $0)) }
        let head = Array(repeating: 0, count: 2) + Self.aid + [version]
        guard set.cipher == .aes else {
            let challenge = [UInt8](counter.suffix(2)) + (try primitive(random(6)))
            let session = try SCP02Session(set, hostChallenge: host, cardChallenge: challenge)
            self.session = session
            return ResponseAPDU(data: head + [0x02] + challenge + (try session.cardCryptogram()), status: .success)
        }
        let isPseudoRandom = parameter & 0x10 != 0
        let challenge: [UInt8]
        if isPseudoRandom {
            challenge = try KeyDerivation.derive(
                set.encryption, .cardChallenge, context: counter + Self.aid, count: size)
        } else {
            challenge = try primitive(random(size))
        }
        let session = try SCP03Session(set, hostChallenge: host, cardChallenge: challenge)
        self.session = session
        return ResponseAPDU(
            data: head + [0x03, parameter] + challenge + (try session.cardCryptogram())
                + (isPseudoRandom ? counter : []), status: .success)
    }

    private func externalAuthenticate(_ command: CommandAPDU) throws(GlobalPlatformError) -> ResponseAPDU {
        guard let session, !isAuthenticated else {
            close()
            return ResponseAPDU(status: .conditionsNotSatisfied)
        }
        let level = SecurityLevel(rawValue: command.p1)
        guard level.isValid, offers(level), let plain = try session.open(command, authenticates: true),
            ConstantTime.areEqual(plain.data, try session.hostCryptogram())
        else {
            failures += 1
            close()
            return ResponseAPDU(status: .verificationFailed)
        }
        failures = 0
        sequenceCounter += 1
        session.level = level
        isAuthenticated = true
        return ResponseAPDU(status: .success)
    }

    private func offers(_ level: SecurityLevel) -> Bool {
        guard session is SCP03Session else { return !level.contains(.answerEncryption) }
        return (!level.contains(.answerMAC) || parameter & 0x20 != 0)
            && (!level.contains(.answerEncryption) || parameter & 0x40 != 0)
    }

    /// Keys 1 to 3 of a version, where they form a set.
    private func keySet(_ version: UInt8) throws(GlobalPlatformError) -> KeySet? {
        guard let set = keys[version], let encryption = set[1], let mac = set[2], let data = set[3],
            encryption.cipher == mac.cipher, mac.cipher == data.cipher
        else { return nil }
        return try KeySet(encryption.cipher, encryption: encryption.key, mac: mac.key, dataEncryption: data.key)
    }
}
