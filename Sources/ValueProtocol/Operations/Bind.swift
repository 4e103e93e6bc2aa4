public import CardCrypto

/// Creates a purse and binds it to a meter, and tells which debit the slot before it leaves behind.
///
/// The request, `service ‖ currency u16 ‖ limit u64 ‖ meter's EID ‖ version`, is in the form that a master-key card's
/// SEAL accepts; the authority adds Kx and its check value.
public struct Bind: ElementOperation, Hashable {
    public static let code = OperationCode.bind
    public let service: UtilityService
    public let currency: Currency
    /// The maximum balance of the purse.
    public let limit: Amount
    /// `.none` creates a purse without a slot.
    public let meter: PartyID
    /// Of the card-to-meter key; 0 without a slot.
    public let version: UInt8

    public init(service: UtilityService, currency: Currency, limit: Amount, meter: PartyID = .none, version: UInt8 = 0)
    {
        self.service = service
        self.currency = currency
        self.limit = limit
        self.meter = meter
        self.version = version
    }

    public var request: [UInt8] {
        var bytes: [UInt8] = [service.rawValue]
        bytes.append(bigEndian: currency.rawValue)
        bytes.append(bigEndian: limit.rawValue)
        bytes.append(meter)
        bytes.append(version)
        return bytes
    }

    /// Parses a request; nil if it is malformed.
    public init?(request: [UInt8]) {
        var reader = ByteReader(request.span)
        self.init(from: &reader)
        guard reader.isFinished else { return nil }
    }

    @_lifetime(reader: copy reader)
    private init(from reader: inout ByteReader) {
        service = UtilityService(rawValue: reader.readByte())
        currency = Currency(rawValue: reader.read())
        limit = Amount(rawValue: reader.read())
        meter = reader.readParty()
        version = reader.readByte()
    }

    /// The request followed by `Kx 16 ‖ KCV 3`, the plaintext C3; zeros if there is no slot.
    public func plaintext(_ kx: Secret?, _ suite: CipherSuite) -> [UInt8] {
        guard let kx else { return request + [UInt8](repeating: 0, count: 19) }
        var bytes: [UInt8] = []
        // Capacity for all of it at once: reallocation would leave a copy of the key behind.
        bytes.reserveCapacity(39)
        bytes += request
        unsafe kx.withBytes { unsafe bytes.append(contentsOf: $0) }
        bytes.append(suite.checkValue(of: kx))
        return bytes
    }

    /// Parses a plaintext C3.
    ///
    /// - Returns: what is bound and Kx, which is nil without a slot; nil if it is malformed or its check value is
    ///   wrong.
    public static func binding(inPlaintext c3: [UInt8], _ suite: CipherSuite) -> (bind: Bind, kx: Secret?)? {
        var reader = ByteReader(c3.span)
        let bind = Bind(from: &reader)
        var bytes = reader.readBytes(16)
        let kcv = reader.readKeyCheckValue()
        guard reader.isFinished else { return nil }
        guard bind.meter != .none else {
            let isClear = bind.version == 0 && kcv.rawValue == 0 && bytes.allSatisfy { $0 == 0 }
            return isClear ? (bind, nil) : nil
        }
        let kx = Secret(taking: &bytes)
        return bind.version > 0 && suite.checkValue(of: kx) == kcv ? (bind, kx) : nil
    }

    /// `service ‖ binding u32 ‖ left: meter's EID ‖ NT u32 ‖ amount u64`
    public struct Answer: Sendable, Hashable {
        public let service: UtilityService
        /// The number of the slot, which counts those that the card's BINDs made; 0 without a slot.
        public let binding: UInt32
        /// The debit that a slot of this purse left when it made way; nil if none did.
        public let left: LeftDebit?

        public init(service: UtilityService, binding: UInt32, left: LeftDebit?) {
            self.service = service
            self.binding = binding
            self.left = left
        }

        package func append(to bytes: inout [UInt8]) {
            bytes.append(service.rawValue)
            bytes.append(bigEndian: binding)
            bytes.append(left?.meter ?? .none)
            bytes.append(bigEndian: left?.nt ?? 0)
            bytes.append(bigEndian: (left?.amount ?? .zero).rawValue)
        }
    }

    @_lifetime(reader: copy reader)
    public static func answer(from reader: inout ByteReader) -> Answer? {
        let service = UtilityService(rawValue: reader.readByte())
        let binding: UInt32 = reader.read()
        let left = LeftDebit(meter: reader.readParty(), nt: reader.read(), amount: Amount(rawValue: reader.read()))
        guard left.nt > 0 else {
            return left == .none ? Answer(service: service, binding: binding, left: nil) : nil
        }
        return left.meter == .none ? nil : Answer(service: service, binding: binding, left: left)
    }
}

/// The last debit of a slot that made way for another meter's, or for none: its meter has perhaps not credited it.
///
/// Card, meter and NT are its permanent name (protocol §4, "Left").
public struct LeftDebit: Sendable, Hashable {
    public let meter: PartyID
    public let nt: UInt32
    public let amount: Amount

    public init(meter: PartyID, nt: UInt32, amount: Amount) {
        self.meter = meter
        self.nt = nt
        self.amount = amount
    }

    fileprivate static let none = LeftDebit(meter: .none, nt: 0, amount: .zero)
}

extension Bind: ExemplifiedOperation {
    package init?(example values: inout some ExampleValues) {
        let meter = values.meter()
        let version = meter == .none ? 0 : UInt8(values.number(below: 4, default: 1))
        self.init(
            service: values.service(), currency: values.currency(), limit: values.amount(default: 77_000),
            meter: meter, version: version)
    }

    package func plaintext(with values: some ExampleValues, _ suite: CipherSuite) -> [UInt8] {
        plaintext(meter == .none ? nil : values.cardToMeterKey(version), suite)
    }
}
