internal import CardCrypto
internal import ISO7816
internal import ValueProtocol

/// The purse application: what an element answers to INITIALIZE, EXECUTE and GET DATA (protocol §3, §4).
final class PurseApplication {
    let element: Element
    let environment: ElementEnvironment
    private var session: OpenSession?
    /// The last answered EXECUTE, and its answer.
    private var repetition: (command: ArraySlice<UInt8>, answer: [UInt8])?

    private struct OpenSession {
        var session: ElementSession
        /// What its operations read and change.
        var facts: SessionFacts
        /// Whether an EXECUTE had a valid S3: the first one erases older keys.
        var hasShownS3 = false
    }

    init(_ element: Element, _ environment: ElementEnvironment) {
        self.element = element
        self.environment = environment
    }

    /// What SELECT reports about the element.
    var info: ElementInfo {
        ElementInfo(eid: element.image.eid, state: element.image.state, keys: element.image.keys.map(\.name))
    }

    /// Ends the session, as SELECT and a reset do.
    func endSession() {
        session = nil
        repetition = nil
    }

    func answer(_ command: CommandAPDU) throws(MemoryError) -> ResponseAPDU {
        switch (command.cla, command.ins) {
        case (0x80, 0x50): try initialize(command)
        case (0x80, 0x52): try execute(command)
        case (0x00, 0xCA): getData(command)
        default: ResponseAPDU(status: .instructionNotSupported)
        }
    }

    // MARK: INITIALIZE

    private func initialize(_ command: CommandAPDU) throws(MemoryError) -> ResponseAPDU {
        endSession()
        guard let purpose = Purpose(rawValue: command.p1) else { return ResponseAPDU(status: .wrongParameters) }
        guard command.data.count == 24 else { return ResponseAPDU(status: .wrongLength) }
        // Copied only when it changes: an image holds many references.
        guard element.image.state != .terminated, element.image.nt < .max else {
            return ResponseAPDU(status: .conditionsNotSatisfied)
        }
        var reader = ByteReader(command.data.span)
        let pid = reader.readParty()
        let r1 = reader.readBlock()
        let name = KeyName(purpose, command.p2)
        guard let key = sessionKey(name, for: pid) else { return ResponseAPDU(status: .referencedDataNotFound) }
        guard element.image.state != .blank || purpose == .admin else {
            return ResponseAPDU(status: .conditionsNotSatisfied)
        }
        let r2: AESBlock
        do {
            r2 = try environment.randomness.block()
        } catch {
            return ResponseAPDU(status: .memoryFailure)
        }
        try element.update { $0.nt += 1 }
        let identity = SessionIdentity(
            key: name, pid: pid, eid: element.image.eid, nt: element.image.nt, r1: r1, r2: r2)
        let opened = ElementSession(identity, key: key, element.suite)
        session = OpenSession(session: opened, facts: SessionFacts(identity: identity))
        return ResponseAPDU(data: opened.answer, status: .success)
    }

    /// The key of a session; for TRANSFER it is the slot's, never one loaded by PUT KEY.
    private func sessionKey(_ name: KeyName, for pid: PartyID) -> Secret? {
        guard name.purpose == .transfer else { return element.image.key(name) }
        guard let slot = element.image.slot(boundTo: pid), slot.version == name.version else { return nil }
        return slot.kx
    }

    // MARK: EXECUTE

    private func execute(_ command: CommandAPDU) throws(MemoryError) -> ResponseAPDU {
        let sent = command.bytes.prefix(command.data.endIndex)
        if let repetition, repetition.command == sent { return ResponseAPDU(data: repetition.answer, status: .success) }
        guard var open = session else { return ResponseAPDU(status: .conditionsNotSatisfied) }
        guard let op = OperationCode(rawValue: command.p1) else { return ResponseAPDU(status: .wrongParameters) }
        let identity = open.facts.identity
        guard op.isAllowed(in: identity.key.purpose) else {
            return ResponseAPDU(status: .securityStatusNotSatisfied)
        }
        // As an element answers that does not know the operation.
        if op == .account, element.image.eid.kind.isMeter, environment.account == nil {
            return ResponseAPDU(status: .wrongParameters)
        }
        guard Int(command.p2) == open.session.nextSeq else { return ResponseAPDU(status: .conditionsNotSatisfied) }
        guard command.data.count >= 16 else { return ResponseAPDU(status: .wrongLength) }
        guard var c3 = open.session.open(command.data, op: op.rawValue, element.suite) else {
            endSession()
            element.countWrongSignature()
            return ResponseAPDU(status: .verificationFailed)
        }
        defer { if op.carriesKeys { Secret.wipe(&c3) } }
        let isFirst = !open.hasShownS3
        open.hasShownS3 = true
        var outcome = (status: BusinessStatus.malformed, answer: [UInt8]())
        try element.update { next in
            if isFirst { next.eraseKeys(olderThan: identity.key) }
            outcome = next.perform(op, c3, &open.facts, environment, element.suite)
            guard outcome.status != .done else { return }
            // A refusal changes nothing, except that the key was used.
            next = element.image
            if isFirst { next.eraseKeys(olderThan: identity.key) }
        }
        let (status, answer) = outcome
        if status == .done, op == .setClock, let time = SetClock(c3)?.time { environment.clock.set(to: time) }
        var c4: [UInt8] = []
        c4.reserveCapacity(10 + answer.count + 16)
        c4.append(bigEndian: status.rawValue)
        c4.append(identity.eid)
        if status.carriesAnswer { c4 += answer }
        let sealed = open.session.seal(c4, op: op.rawValue, element.suite)
        repetition = (sent, sealed)
        session = open.session.nextSeq > 255 || open.facts.isOver ? nil : open
        return ResponseAPDU(data: sealed, status: .success)
    }

    // MARK: GET DATA

    private func getData(_ command: CommandAPDU) -> ResponseAPDU {
        guard command.p1 == 0x01 else { return ResponseAPDU(status: .wrongParameters) }
        guard command.data.isEmpty else { return ResponseAPDU(status: .wrongLength) }
        let image = element.image
        var bytes: [UInt8] = []
        if command.p2 == 0x00 {
            bytes.append(image.eid)
            bytes.append(bigEndian: image.nt)
            bytes.append(image.state.rawValue)
            bytes.append(bigEndian: image.wrongSignatures)
            return ResponseAPDU(data: bytes, status: .success)
        }
        // P2 00 is the element, so the float, service 00, has P2 10.
        let service = UtilityService(rawValue: command.p2 == 0x10 ? 0x00 : command.p2)
        guard let purse = image.purse(service) else { return ResponseAPDU(status: .referencedDataNotFound) }
        bytes.append(bigEndian: purse.balance.rawValue)
        bytes.append(bigEndian: purse.currency.rawValue)
        bytes.append(bigEndian: purse.limit.rawValue)
        bytes.append(image.slots.first { $0.service == service }?.meter ?? .none)
        return ResponseAPDU(data: bytes, status: .success)
    }
}

/// Session state that operations read and change.
struct SessionFacts {
    let identity: SessionIdentity
    /// At most one DEBIT is applied per session.
    var hasDebited = false
    /// The last page of READ USAGE.
    var reading: UsageReading?
    /// Of rules that are being brought.
    var rules: PartBuffer<HostTransaction>?
    /// Of a letter that is being left.
    var letter: PartBuffer<UtilityService>?
    /// SET STATE to issued ends a session under the transport key.
    var isOver = false
}
