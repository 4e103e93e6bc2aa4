public import CardCrypto

/// An authority whose keys come from a `KeySource` in this program.
public final class SoftwareAuthority: Authority {
    /// Its own identifier, PID.
    public let pid: PartyID
    let keys: any KeySource
    private let register: any ElementRegister
    private let randomness: any RandomSource
    let suite: CipherSuite
    private var session: AuthoritySession?
    private var eid = PartyID.none
    private var sealed: (op: OperationCode, request: [UInt8])?

    public init(
        pid: PartyID, keys: any KeySource, register: any ElementRegister, randomness: any RandomSource,
        suite: CipherSuite
    ) {
        self.pid = pid
        self.keys = keys
        self.register = register
        self.randomness = randomness
        self.suite = suite
    }

    public func openSession(_ key: KeyName, with eid: PartyID) throws(SessionError) -> [UInt8] {
        session = nil
        sealed = nil
        if key == .transport {
            guard try !register.wasIssued(eid) else { throw SessionError(.oldKey, "\(key) of \(eid)") }
        }
        if let highest = try register.highestVersion(of: key.purpose, for: eid), key.version < highest {
            throw SessionError(.oldKey, "\(key) of \(eid)")
        }
        let r1: AESBlock
        do {
            r1 = try randomness.block()
        } catch {
            throw SessionError(.authorityFailed, "\(pid)", cause: error)
        }
        self.eid = eid
        let opened = AuthoritySession(key: key, pid: pid, r1: r1)
        session = opened
        return opened.request
    }

    public func authenticate(_ answer: ArraySlice<UInt8>) throws(SessionError) {
        guard var opened = session.take() else { throw SessionError(.noSession, "\(pid)") }
        guard let key = keys.elementKey(opened.key, of: eid, suite) else {
            throw SessionError(.noMasterKey, "\(opened.key)")
        }
        try opened.authenticate(answer, from: eid, key: key, suite)
        guard let identity = opened.identity else { throw SessionError(.noSession, "\(pid)") }
        if let last = try register.lastNT(of: eid), identity.nt <= last {
            throw SessionError(.staleElement, "\(eid) (session \(identity.nt), \(last) seen before)")
        }
        try register.recordGenuine(identity)
        session = opened
    }

    public func seal(_ op: OperationCode, _ request: [UInt8]) throws(SessionError) -> [UInt8] {
        guard session != nil else { throw SessionError(.noSession, "\(op)") }
        var plaintext = try plaintext(op, request)
        defer { if op.carriesKeys { Secret.wipe(&plaintext) } }
        guard let bytes = try session?.seal(plaintext, op: op, suite) else { throw SessionError(.noSession, "\(op)") }
        sealed = (op, request)
        return bytes
    }

    public func unseal(_ sealedAnswer: ArraySlice<UInt8>) throws(SessionError) -> [UInt8] {
        guard session != nil, let (op, request) = sealed.take(), var opened = session.take() else {
            throw SessionError(.noSession, "\(pid)")
        }
        let c4 = try opened.unseal(sealedAnswer, suite)
        try record(op, request, c4)
        session = opened
        return c4
    }

    /// The whole C3 of a request in the form that SEAL accepts.
    private func plaintext(_ op: OperationCode, _ request: [UInt8]) throws(SessionError) -> [UInt8] {
        switch op {
        case .putKey:
            guard let names = PutKeys.names(inRequest: request) else { throw SessionError(.notAuthorized, "\(op)") }
            var put: [(name: KeyName, key: Secret)] = []
            for name in names {
                guard let key = keys.elementKey(name, of: eid, suite) else {
                    throw SessionError(.noMasterKey, "\(name)")
                }
                put.append((name, key))
            }
            return PutKeys.plaintext(put, suite)
        case .bind:
            guard let bind = Bind(request: request) else { throw SessionError(.notAuthorized, "\(op)") }
            guard bind.meter != .none else { return bind.plaintext(nil, suite) }
            guard
                let kx = keys.cardToMeterKey(version: bind.version, meter: bind.meter, card: eid, suite)
            else { throw SessionError(.noMasterKey, "TRANSFER \(bind.version)") }
            return bind.plaintext(kx, suite)
        default:
            return request
        }
    }

    private func record(_ op: OperationCode, _ request: [UInt8], _ c4: [UInt8]) throws(SessionError) {
        guard c4.count >= 2, c4[0] == 0, c4[1] == 0 else { return }
        if op == .putKey, let names = PutKeys.names(inRequest: request) {
            try register.recordLoadedKeys(names, to: eid)
        } else if op == .setState, SetState(request)?.state == .issued {
            try register.recordIssued(eid)
        }
    }
}
