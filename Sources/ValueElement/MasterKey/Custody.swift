internal import CardCrypto
internal import ISO7816
internal import ValueProtocol

extension MasterKeyApplication {
    /// VERIFY `00 20 00 custodian`, data the PIN.
    func verify(_ command: CommandAPDU) throws(Refusal) -> [UInt8] {
        let custodian = try custodian(command)
        try require((4...12).contains(command.data.count), else: .wrongLength)
        try compare(command.data, custodian)
        present.insert(custodian)
        lastPresent = custodian
        return []
    }

    /// CHANGE PIN `00 24 00 custodian`, data old PIN ‖ FF ‖ new PIN.
    func changePIN(_ command: CommandAPDU) throws(Refusal) -> [UInt8] {
        let custodian = try custodian(command)
        guard let separator = command.data.firstIndex(of: 0xFF) else { throw .status(.wrongData) }
        let old = command.data[..<separator]
        let new = command.data[(separator + 1)...]
        try require(isPIN(new) && (old.isEmpty || isPIN(old)), else: .wrongData)
        if old.isEmpty, image.custodians[Int(custodian) - 1].pin == nil {
            try set(new, of: custodian)
            return []
        }
        try compare(old, custodian)
        try set(new, of: custodian)
        return []
    }

    /// UNBLOCK `00 2C 00 custodian`, data the new PIN; two other custodians must have verified theirs.
    func unblock(_ command: CommandAPDU) throws(Refusal) -> [UInt8] {
        let custodian = try custodian(command)
        try require((4...12).contains(command.data.count), else: .wrongLength)
        try require(present.subtracting([custodian]).count >= 2, else: .securityStatusNotSatisfied)
        try require(image.custodians[Int(custodian) - 1].pin != nil, else: .referencedDataNotFound)
        try require(isPIN(command.data), else: .wrongData)
        try set(command.data, of: custodian)
        return []
    }

    /// LOAD COMPONENT `80 D8 purpose version`, data component ‖ of ‖ 16 bytes ‖ KCV.
    func loadComponent(_ command: CommandAPDU) throws(Refusal) -> [UInt8] {
        guard let purpose = Purpose(rawValue: command.p1), command.p2 > 0 || purpose == .admin else {
            throw .status(.wrongParameters)
        }
        try require(command.data.count == 21, else: .wrongLength)
        guard let custodian = lastPresent else { throw .status(.securityStatusNotSatisfied) }
        let name = KeyName(purpose, command.p2)
        var reader = ByteReader(command.data.span)
        let number = reader.readByte()
        let of = reader.readByte()
        var bytes = reader.readBytes(16)
        let component = Secret(taking: &bytes)
        let kcv = element.suite.checkValue(of: component)
        try require(kcv == reader.readKeyCheckValue(), else: .wrongData)
        try require((2...8).contains(of) && (1...of).contains(number), else: .wrongData)

        var next = image
        var key: UnfinishedKey
        if number == 1 {
            let names = Set((next.keys.map(\.name) + next.unfinished.map(\.name)).filter { $0 != name })
            try require(names.count < MasterKeyImage.maxKeyCount, else: .memoryFailure)
            key = UnfinishedKey(name: name, of: of, sum: component, entered: [])
        } else {
            guard let begun = next.unfinished.first(where: { $0.name == name }), begun.of == of,
                !begun.entered.contains(where: { $0.component == number })
            else { throw .status(.wrongData) }
            // No custodian may enter two components of a key: dual control would then rest on one person.
            try require(!begun.entered.contains { $0.custodian == custodian }, else: .securityStatusNotSatisfied)
            key = begun
            key.sum = begun.sum.combined(with: component)
        }
        key.entered.append(UnfinishedKey.Entry(component: number, custodian: custodian))
        next.unfinished.removeAll { $0.name == name }
        let isWhole = key.entered.count == Int(of)
        if isWhole { next.put(StoredKey(name: name, key: key.sum)) } else { next.unfinished.append(key) }
        try commit(next)
        if isWhole { deriveOwnKeys() }
        var answer: [UInt8] = []
        answer.append(isWhole ? element.suite.checkValue(of: key.sum) : kcv)
        return answer
    }

    /// SET RULES `80 DA 00 00`, data EID of the first blank ‖ count u16 ‖ allowed operations u16.
    func setRules(_ command: CommandAPDU) throws(Refusal) -> [UInt8] {
        try require(command.p1 == 0 && command.p2 == 0, else: .wrongParameters)
        try require(command.data.count == 12, else: .wrongLength)
        try require(present.count >= 2, else: .securityStatusNotSatisfied)
        var reader = ByteReader(command.data.span)
        var next = image
        next.rules = DeskRules(first: reader.readParty(), count: reader.read(), operations: reader.read())
        next.issued.removeAll { !next.rules.covers($0) }
        next.seen.removeAll { !next.rules.covers($0.eid) }
        try commit(next)
        return []
    }

    private func custodian(_ command: CommandAPDU) throws(Refusal) -> UInt8 {
        try require(command.p1 == 0 && (1...8).contains(command.p2), else: .wrongParameters)
        return command.p2
    }

    private func isPIN(_ bytes: ArraySlice<UInt8>) -> Bool {
        (4...12).contains(bytes.count) && bytes.allSatisfy { (0x30...0x39).contains($0) }
    }

    private func compare(_ given: ArraySlice<UInt8>, _ custodian: UInt8) throws(Refusal) {
        let index = Int(custodian) - 1
        guard let pin = image.custodians[index].pin else { throw .status(.referencedDataNotFound) }
        try require(isPIN(given), else: .wrongData)
        let tries = image.custodians[index].tries
        try require(tries > 0, else: .authenticationMethodBlocked)
        // The try counter is decremented before the comparison, so that a later power cut does not restore a try.
        var next = image
        next.custodians[index].tries = tries - 1
        try commit(next)
        try require(pin.matches(Secret(copying: given)), else: .triesLeft(tries - 1))
        next.custodians[index].tries = MasterKeyImage.wrongPINs
        try commit(next)
    }

    private func set(_ pin: ArraySlice<UInt8>, of custodian: UInt8) throws(Refusal) {
        var next = image
        next.custodians[Int(custodian) - 1] = Custodian(pin: Secret(copying: pin))
        try commit(next)
    }
}
