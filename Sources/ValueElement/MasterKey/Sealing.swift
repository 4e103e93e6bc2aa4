internal import CardCrypto
internal import ISO7816
internal import ValueProtocol

/// The card's session with an element.
struct SealingSession {
    let eid: PartyID
    var session: AuthoritySession
    var isAuthenticated = false
    /// What was sealed and not yet unsealed.
    var pending: Pending?

    struct Pending {
        let op: OperationCode
        let request: [UInt8]
        let sealed: [UInt8]
    }
}

extension MasterKeyApplication {
    /// OPEN SESSION `80 60 purpose version`, data the element's EID; answer own ID ‖ R1.
    func openSession(_ command: CommandAPDU) throws(Refusal) -> [UInt8] {
        open = nil
        guard let purpose = Purpose(rawValue: command.p1), purpose != .transfer else { throw .status(.wrongParameters) }
        try require(command.data.count == 8, else: .wrongLength)
        try require(!present.isEmpty, else: .securityStatusNotSatisfied)
        let name = KeyName(purpose, command.p2)
        var reader = ByteReader(command.data.span)
        let eid = reader.readParty()
        try require(image.key(name) != nil, else: .referencedDataNotFound)
        try require(eid.kind != .masterKeyCard, else: .conditionsNotSatisfied)
        if name.version == 0 {
            try require(image.rules.covers(eid) && !image.issued.contains(eid), else: .conditionsNotSatisfied)
        }
        let r1: AESBlock
        do {
            r1 = try environment.randomness.block()
        } catch {
            throw .status(.memoryFailure)
        }
        let session = AuthoritySession(key: name, pid: element.image.eid, r1: r1)
        open = SealingSession(eid: eid, session: session)
        return session.request
    }

    /// AUTHENTICATE `80 62 00 00`, data the element's answer to INITIALIZE.
    func authenticate(_ command: CommandAPDU) throws(Refusal) -> [UInt8] {
        try require(command.p1 == 0 && command.p2 == 0, else: .wrongParameters)
        try require(command.data.count == 44, else: .wrongLength)
        guard var session = open, !session.isAuthenticated, let master = image.key(session.session.key) else {
            throw .status(.conditionsNotSatisfied)
        }
        open = nil
        let key = element.suite.elementKey(master, session.session.key, for: session.eid)
        do {
            try session.session.authenticate(command.data, from: session.eid, key: key, element.suite)
        } catch {
            throw .status(.verificationFailed)
        }
        guard let nt = session.session.identity?.nt else { throw .status(.verificationFailed) }
        if let seen = image.seen.first(where: { $0.eid == session.eid }) {
            try require(nt > seen.nt, else: .verificationFailed)
        }
        var next = image
        next.see(session.eid, nt: nt)
        try commit(next)
        session.isAuthenticated = true
        open = session
        return []
    }

    /// SEAL `80 64 op 00`, data the plaintext C3, for PUT KEY and BIND without the keys; answer C3 ‖ S3.
    func seal(_ command: CommandAPDU) throws(Refusal) -> [UInt8] {
        guard let op = OperationCode(rawValue: command.p1), command.p2 == 0 else { throw .status(.wrongParameters) }
        guard var session = open, session.isAuthenticated, element.image.state == .issued else {
            throw .status(.conditionsNotSatisfied)
        }
        let request = Array(command.data)
        if let pending = session.pending {
            try require(pending.op == op && pending.request == request, else: .conditionsNotSatisfied)
            return pending.sealed
        }
        try require(
            image.rules.allow(op) && (op.purpose ?? session.session.key.purpose) == session.session.key.purpose,
            else: .securityStatusNotSatisfied)
        var plaintext = try plaintext(op, request, for: session.eid)
        defer { if op.carriesKeys { Secret.wipe(&plaintext) } }
        try require(plaintext.count <= 239, else: .wrongLength)
        let sealed: [UInt8]
        do {
            sealed = try session.session.seal(plaintext, op: op, element.suite)
        } catch {
            throw .status(.conditionsNotSatisfied)
        }
        if op.takesFromFloat { try deductFromFloat(request, for: session.eid) }
        session.pending = SealingSession.Pending(op: op, request: request, sealed: sealed)
        open = session
        return sealed
    }

    /// UNSEAL `80 66 00 00`, data C4 ‖ S4; answer the plaintext C4.
    func unseal(_ command: CommandAPDU) throws(Refusal) -> [UInt8] {
        try require(command.p1 == 0 && command.p2 == 0, else: .wrongParameters)
        guard var session = open, let pending = session.pending else { throw .status(.conditionsNotSatisfied) }
        try require(command.data.count >= 16, else: .wrongLength)
        open = nil
        let c4: [UInt8]
        do {
            c4 = try session.session.unseal(command.data, element.suite)
        } catch {
            throw .status(.verificationFailed)
        }
        let isDone = c4[0] == 0 && c4[1] == 0
        if isDone, pending.op == .setState, SetState(pending.request)?.state == .issued,
            image.rules.covers(session.eid)
        {
            var next = image
            next.markIssued(session.eid)
            try commit(next)
        }
        session.pending = nil
        open = session
        return c4
    }

    /// Inserts the keys into PUT KEY and BIND; they leave the card only diversified and sealed.
    private func plaintext(_ op: OperationCode, _ request: [UInt8], for eid: PartyID) throws(Refusal) -> [UInt8] {
        switch op {
        case .putKey:
            guard let names = PutKeys.names(inRequest: request), names.allSatisfy({ $0.version > 0 }) else {
                throw .status(.wrongData)
            }
            var put: [(name: KeyName, key: Secret)] = []
            for name in names {
                guard let master = image.key(name) else { throw .status(.referencedDataNotFound) }
                put.append((name, element.suite.elementKey(master, name, for: eid)))
            }
            return PutKeys.plaintext(put, element.suite)
        case .bind:
            guard let bind = Bind(request: request) else { throw .status(.wrongData) }
            guard bind.meter != .none else { return bind.plaintext(nil, element.suite) }
            let name = KeyName(.transfer, bind.version)
            guard let master = image.key(name) else { throw .status(.referencedDataNotFound) }
            let meterKey = element.suite.elementKey(master, name, for: bind.meter)
            let kx = element.suite.cardToMeterKey(meterKey, version: bind.version, card: eid)
            return bind.plaintext(kx, element.suite)
        default:
            return request
        }
    }

    /// A credit sold, or a debt remitted, is deducted from the float before the sealed bytes leave the card; a repetition
    /// deducts nothing.
    private func deductFromFloat(_ request: [UInt8], for eid: PartyID) throws(Refusal) {
        guard let order = CreditOrder(request) else { throw .status(.wrongData) }
        let credit = SealedCredit(
            eid: eid, htxn: order.htxn, service: order.service, currency: order.currency, amount: order.amount)
        if let before = image.sealed.first(where: { $0.eid == eid && $0.htxn == order.htxn }) {
            try require(before == credit, else: .conditionsNotSatisfied)
            return
        }
        guard var float = element.image.purse(.float), float.currency == order.currency,
            let rest = float.balance.subtracting(order.amount)
        else { throw .status(.conditionsNotSatisfied) }
        float.balance = rest
        var next = image
        if next.sealed.count == MasterKeyImage.maxSealedCount { next.sealed.removeFirst() }
        next.sealed.append(credit)
        try commit(next) { $0.put(float) }
    }
}
