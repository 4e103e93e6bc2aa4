import CardCrypto
import ValueElement
import ValueProtocol

/// An element's image in a vector; equal to another if all its fields are.
struct ElementJSON: Decodable, Equatable, Sendable {
    struct Key: Decodable, Equatable, Sendable { let purpose, version: UInt8, key, kcv: String }
    struct PurseJSON: Decodable, Equatable, Sendable { let service: UInt8, currency: UInt16, limit, balance: UInt64 }
    struct SlotJSON: Decodable, Equatable, Sendable {
        let service: UInt8, meter: String, version: UInt8, kx: String, nt: UInt32, amount, balance: UInt64
        let time, statusNT, statusTime: UInt32, meterStatus: String
        /// Missing where it is 0.
        let binding: UInt32?
        /// Parts; missing where there is none.
        let letter: [String]?
    }
    struct LeftJSON: Decodable, Equatable, Sendable { let service: UInt8, meter: String, nt: UInt32, amount: UInt64 }
    struct KeptJSON: Decodable, Equatable, Sendable {
        let htxn: UInt64, op, service: UInt8, amount, balance: UInt64, time: UInt32, currency, table: UInt16
    }
    /// A table or rules; `inForce` where the clock alone does not say so.
    struct TariffJSON: Decodable, Equatable, Sendable {
        let effective, time: UInt32, table, rules: String?, inForce: Bool?
    }
    struct AccountJSON: Decodable, Equatable, Sendable {
        let debt, inUse, spent, forfeited, paid: UInt64, supply: UInt8
    }
    struct UsageJSON: Decodable, Equatable, Sendable { let series: UInt8, records: [String] }

    let eid: String
    let state: UInt8
    let nt: UInt32
    let wrong: UInt16
    let clock: UInt32
    let keys: [Key]
    let purses: [PurseJSON]
    let slots: [SlotJSON]
    /// Missing where it is 0, or nothing is left.
    let bindings: UInt32?
    let left: [LeftJSON]?
    let kept: [KeptJSON]
    /// Missing where everything is 0.
    let account: AccountJSON?
    /// Missing where it is 1.
    let channels: Int?
    let lastTable: UInt16
    let tariffs: [TariffJSON]
    let usage: [UsageJSON]

    var image: ElementImage {
        var image = ElementImage(blank: PartyID(eid)!, transportKey: nil)
        image.state = LifeCycle(rawValue: state)!
        image.nt = nt
        image.wrongSignatures = wrong
        image.keys = keys.map {
            StoredKey(name: KeyName(Purpose(rawValue: $0.purpose)!, $0.version), key: Secret(copying: bytes($0.key)))
        }
        image.purses = purses.map {
            Purse(
                service: UtilityService(rawValue: $0.service), currency: Currency(rawValue: $0.currency),
                limit: Amount(rawValue: $0.limit), balance: Amount(rawValue: $0.balance))
        }
        image.slots = slots.map { json in
            var slot = MeterBinding(
                service: UtilityService(rawValue: json.service), meter: PartyID(json.meter)!, version: json.version,
                kx: Secret(copying: bytes(json.kx)), number: json.binding ?? 0)
            slot.nt = json.nt
            slot.amount = Amount(rawValue: json.amount)
            slot.balance = Amount(rawValue: json.balance)
            slot.time = Timestamp(rawValue: json.time)
            slot.statusNT = json.statusNT
            slot.statusTime = Timestamp(rawValue: json.statusTime)
            slot.meterStatus = bytes(json.meterStatus)
            slot.letter = (json.letter ?? []).map(bytes)
            return slot
        }
        image.bindings = bindings ?? 0
        image.left = (left ?? []).map {
            ServiceDebit(
                service: UtilityService(rawValue: $0.service),
                debit: LeftDebit(meter: PartyID($0.meter)!, nt: $0.nt, amount: Amount(rawValue: $0.amount)))
        }
        image.kept = kept.map {
            AppliedTransaction(
                htxn: HostTransaction(rawValue: $0.htxn), op: OperationCode(rawValue: $0.op)!,
                service: UtilityService(rawValue: $0.service), currency: Currency(rawValue: $0.currency),
                amount: Amount(rawValue: $0.amount), balance: Amount(rawValue: $0.balance),
                time: Timestamp(rawValue: $0.time), table: $0.table)
        }
        image.lastTable = lastTable
        let systems = tariffs.map { json in
            let effective = Timestamp(rawValue: json.effective)
            let system =
                json.table.map { ChargeSystem.table(TariffTable(bytes($0))!, effective: effective) }
                ?? .rules(try! SupplyRules(bytes(json.rules!)))
            return StoredChargeSystem(system, time: Timestamp(rawValue: json.time))
        }
        let hasInForce = tariffs.first.map { $0.effective <= clock || $0.inForce == true } ?? false
        image.charges = ChargeList(
            inForce: hasInForce ? systems[0] : nil, ahead: Array(systems.dropFirst(hasInForce ? 1 : 0)))
        image.debt.owed = Amount(rawValue: account?.debt ?? 0)
        return image
    }

    /// - Parameter start: the image with which the element began, of whose meter nothing was used.
    init(_ image: ElementImage, clock: UInt32, since start: ElementJSON, _ suite: CipherSuite) {
        eid = hex(image.eid.rawValue)
        state = image.state.rawValue
        nt = image.nt
        wrong = image.wrongSignatures
        self.clock = clock
        // A master-key card's own keys are derived, and not part of any image.
        keys = image.keys.map {
            Key(
                purpose: $0.name.purpose.rawValue, version: $0.name.version, key: $0.key.digits,
                kcv: "\(suite.checkValue(of: $0.key))")
        }
        purses = image.purses.map {
            PurseJSON(
                service: $0.service.rawValue, currency: $0.currency.rawValue, limit: $0.limit.rawValue,
                balance: $0.balance.rawValue)
        }
        slots = image.slots.map {
            SlotJSON(
                service: $0.service.rawValue, meter: hex($0.meter.rawValue), version: $0.version, kx: $0.kx.digits,
                nt: $0.nt, amount: $0.amount.rawValue, balance: $0.balance.rawValue, time: $0.time.rawValue,
                statusNT: $0.statusNT, statusTime: $0.statusTime.rawValue, meterStatus: hex($0.meterStatus),
                binding: $0.number == 0 ? nil : $0.number, letter: $0.letter.isEmpty ? nil : $0.letter.map { hex($0) })
        }
        bindings = image.bindings == 0 ? nil : image.bindings
        let left = image.left.map {
            LeftJSON(
                service: $0.service.rawValue, meter: hex($0.debit.meter.rawValue), nt: $0.debit.nt,
                amount: $0.debit.amount.rawValue)
        }
        self.left = left.isEmpty ? nil : left
        kept = image.kept.map {
            KeptJSON(
                htxn: $0.htxn.rawValue, op: $0.op.rawValue, service: $0.service.rawValue, amount: $0.amount.rawValue,
                balance: $0.balance.rawValue, time: $0.time.rawValue, currency: $0.currency.rawValue, table: $0.table)
        }
        lastTable = image.lastTable
        let used = start.account
        account =
            image.debt.owed == .zero && used == nil
            ? nil
            : AccountJSON(
                debt: image.debt.owed.rawValue, inUse: used?.inUse ?? 0, spent: used?.spent ?? 0,
                forfeited: used?.forfeited ?? 0, paid: used?.paid ?? 0, supply: used?.supply ?? 0)
        channels = start.channels
        let charges = image.charges.advanced(to: Timestamp(rawValue: clock))
        tariffs = ((charges.inForce.map { [$0] } ?? []) + charges.ahead).map { stored in
            var (table, rules) = (nil as String?, nil as String?)
            switch stored.system {
            case .table(let content, _): table = hex(content.bytes)
            case .rules(let content): rules = hex(content.bytes)
            }
            let effective = stored.system.effective.rawValue
            let isAhead = effective > clock && stored == charges.inForce
            return TariffJSON(
                effective: effective, time: stored.time.rawValue, table: table, rules: rules,
                inForce: isAhead ? true : nil)
        }
        usage = start.usage
    }
}

/// A master-key card's image in a vector.
struct MasterJSON: Decodable, Equatable, Sendable {
    struct CustodianJSON: Decodable, Equatable, Sendable { let custodian: UInt8, pin: String, tries: UInt8 }
    struct RulesJSON: Decodable, Equatable, Sendable { let first: String, count, operations: UInt16 }
    struct SealedJSON: Decodable, Equatable, Sendable {
        let eid: String, htxn: UInt64, service: UInt8, currency: UInt16, amount: UInt64
    }
    struct SeenJSON: Decodable, Equatable, Sendable { let eid: String, nt: UInt32 }
    struct LeastJSON: Decodable, Equatable, Sendable { let purpose, version: UInt8 }

    let custodians: [CustodianJSON]
    let keys: [ElementJSON.Key]
    let rules: RulesJSON
    let issued: [String]
    let sealed: [SealedJSON]
    let seen: [SeenJSON]
    let least: [LeastJSON]
    let purse: ElementJSON

    var image: MasterKeyImage {
        var image = MasterKeyImage()
        image.custodians = custodians.map {
            Custodian(pin: $0.pin.isEmpty ? nil : Secret(copying: Array($0.pin.utf8)), tries: $0.tries)
        }
        image.keys = keys.map {
            StoredKey(name: KeyName(Purpose(rawValue: $0.purpose)!, $0.version), key: Secret(copying: bytes($0.key)))
        }
        image.rules = DeskRules(first: PartyID(rules.first)!, count: rules.count, operations: rules.operations)
        image.issued = issued.map { PartyID($0)! }
        image.sealed = sealed.map {
            SealedCredit(
                eid: PartyID($0.eid)!, htxn: HostTransaction(rawValue: $0.htxn),
                service: UtilityService(rawValue: $0.service),
                currency: Currency(rawValue: $0.currency), amount: Amount(rawValue: $0.amount))
        }
        image.seen = seen.map { SeenElement(eid: PartyID($0.eid)!, nt: $0.nt) }
        return image
    }

    var element: ElementImage {
        var element = purse.image
        element.minVersions = least.map { KeyName(Purpose(rawValue: $0.purpose)!, $0.version) }
        return element
    }

    init(
        _ image: MasterKeyImage, element: ElementImage, clock: UInt32, since start: MasterJSON, _ suite: CipherSuite
    ) {
        custodians = image.custodians.enumerated().map { index, custodian in
            let pin = custodian.pin.map { $0.withBytes { String(decoding: $0, as: UTF8.self) } } ?? ""
            return CustodianJSON(custodian: UInt8(index + 1), pin: pin, tries: custodian.tries)
        }
        keys = image.keys.map {
            ElementJSON.Key(
                purpose: $0.name.purpose.rawValue, version: $0.name.version, key: $0.key.digits,
                kcv: "\(suite.checkValue(of: $0.key))")
        }
        rules = RulesJSON(
            first: hex(image.rules.first.rawValue), count: image.rules.count, operations: image.rules.operations)
        issued = image.issued.map { hex($0.rawValue) }
        sealed = image.sealed.map {
            SealedJSON(
                eid: hex($0.eid.rawValue), htxn: $0.htxn.rawValue, service: $0.service.rawValue,
                currency: $0.currency.rawValue, amount: $0.amount.rawValue)
        }
        seen = image.seen.sorted { $0.eid < $1.eid }.map { SeenJSON(eid: hex($0.eid.rawValue), nt: $0.nt) }
        least = element.minVersions.map { LeastJSON(purpose: $0.purpose.rawValue, version: $0.version) }
        purse = ElementJSON(element, clock: clock, since: start.purse, suite)
    }
}

private func hex(_ id: UInt64) -> String {
    let digits = String(id, radix: 16, uppercase: true)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

extension Secret {
    var digits: String { withBytes { hex($0) } }
}
