internal import ValueProtocol

extension Account {
    /// The encoding version of `bytes`.
    static let encodingVersion: UInt8 = 1

    /// The canonical encoding, by which a store can index: `version 01 ‖ kind u8 ‖ fields`, big-endian.
    ///
    /// ```
    /// 01 seller       08 delivered    meter u64
    /// 02 reseller     card u64
    /// 03 subscriber   number u64
    /// 04 purse, 05 inDoubt, 0A carried    element u64 ‖ service u8
    /// 06 left         card u64 ‖ meter u64 ‖ NT u32
    /// 07 debt         meter u64
    /// 09 corrections
    /// ```
    ///
    /// An account has one encoding, and no other bytes decode to it.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = [Account.encodingVersion, kind.rawValue]
        switch self {
        case .seller, .corrections: break
        case .reseller(let party), .debt(let party), .delivered(let party): bytes.append(party)
        case .subscriber(let subscriber): bytes.append(bigEndian: subscriber.rawValue)
        case .purse(let element, let service), .inDoubt(let element, let service), .carried(let element, let service):
            bytes.append(element)
            bytes.append(service.rawValue)
        case .left(let debit):
            bytes.append(debit.card)
            bytes.append(debit.meter)
            bytes.append(bigEndian: debit.nt)
        }
        return bytes
    }

    /// Decodes `bytes`; nil for anything else.
    public init?(bytes: [UInt8]) {
        var reader = ByteReader(bytes.span)
        guard reader.readByte() == Account.encodingVersion, let kind = Kind(rawValue: reader.readByte()) else {
            return nil
        }
        switch kind {
        case .seller: self = .seller
        case .corrections: self = .corrections
        case .reseller: self = .reseller(reader.readParty())
        case .debt: self = .debt(reader.readParty())
        case .delivered: self = .delivered(reader.readParty())
        case .subscriber: self = .subscriber(SubscriberID(rawValue: reader.read()))
        case .purse, .inDoubt, .carried:
            let element = reader.readParty()
            let service = UtilityService(rawValue: reader.readByte())
            // The purse of a float has an account of its own.
            if kind == .purse, service == .float { return nil }
            self =
                kind == .purse
                ? .purse(element, service) : kind == .inDoubt ? .inDoubt(element, service) : .carried(element, service)
        case .left:
            self = .left(LeftDebitID(card: reader.readParty(), meter: reader.readParty(), nt: reader.read()))
        }
        guard reader.isFinished else { return nil }
    }
}
