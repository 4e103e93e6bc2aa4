/// Gives a meter a part of new rules: `HTXN u64 ‖ time u32 ‖ part u8 ‖ parts u8 ‖ bytes` (protocol §10).
///
/// All parts go in one session, from part 0 on, with the same HTXN; the meter takes the rules with the last one.
public struct ConvertRules: ElementOperation, Hashable {
    public static let code = OperationCode.convertRules
    public let htxn: HostTransaction
    public let time: Timestamp
    /// From 0.
    public let part: UInt8
    /// 1 to 12.
    public let parts: UInt8
    /// 1 to 200.
    public let bytes: [UInt8]

    public init(htxn: HostTransaction, time: Timestamp, part: UInt8, parts: UInt8, bytes: [UInt8]) {
        self.htxn = htxn
        self.time = time
        self.part = part
        self.parts = parts
        self.bytes = bytes
    }

    /// The parts in which rules are sent, in the order in which one session sends them.
    public static func parts(of rules: SupplyRules, htxn: HostTransaction, time: Timestamp) -> [ConvertRules] {
        // Rules have at most 2,000 bytes, which ten parts hold.
        let parts = TransferParts.split(rules.bytes) ?? []
        return parts.indices.map {
            ConvertRules(htxn: htxn, time: time, part: UInt8($0), parts: UInt8(parts.count), bytes: parts[$0])
        }
    }

    public var request: [UInt8] {
        var request: [UInt8] = []
        request.append(bigEndian: htxn.rawValue)
        request.append(bigEndian: time.rawValue)
        return request + [part, parts] + bytes
    }

    /// Parses a plaintext C3; nil if it is malformed.
    public init?(_ c3: [UInt8]) {
        var reader = ByteReader(c3.span)
        htxn = HostTransaction(rawValue: reader.read())
        time = Timestamp(rawValue: reader.read())
        part = reader.readByte()
        parts = reader.readByte()
        bytes = reader.readBytes(reader.remaining)
        guard reader.isFinished, htxn != .none, TransferParts.areWellFormed(bytes, of: parts) else { return nil }
    }

    /// `parts held u8 ‖ rules' id u16 ‖ HTXN u64`
    public struct Answer: Sendable, Hashable {
        /// How many parts the meter holds.
        public let held: UInt8
        /// 0 before the last part. With status `.alreadyApplied` it is the id under which HTXN is kept: another's rules,
        /// where it is not the sender's own.
        public let rules: UInt16
        public let htxn: HostTransaction

        package init(held: UInt8, rules: UInt16, htxn: HostTransaction) {
            self.held = held
            self.rules = rules
            self.htxn = htxn
        }

        package func append(to bytes: inout [UInt8]) {
            bytes.append(held)
            bytes.append(bigEndian: rules)
            bytes.append(bigEndian: htxn.rawValue)
        }
    }

    @_lifetime(reader: copy reader)
    public static func answer(from reader: inout ByteReader) -> Answer? {
        Answer(held: reader.readByte(), rules: reader.read(), htxn: HostTransaction(rawValue: reader.read()))
    }
}

extension ConvertRules: ExemplifiedOperation {
    package init?(example values: inout some ExampleValues) {
        let rules: SupplyRules
        do {
            rules = try SupplyRules(
                id: UInt16(values.number(below: 256, default: 4)), effective: values.time(default: 500),
                currency: values.currency(),
                sources: [SupplyRules.Source(channel: 0, price: values.amount(default: 77))],
                debtShare: UInt8(values.number(below: 102, default: 100)))
        } catch {
            return nil
        }
        let parts = ConvertRules.parts(of: rules, htxn: values.transaction(), time: values.time(default: 9))
        guard let first = parts.first else { return nil }
        // Rules of one part, or a part that has others before it.
        self.init(
            htxn: first.htxn, time: first.time, part: UInt8(values.number(below: 3, default: 0)),
            parts: UInt8(values.number(below: 14, default: 1)), bytes: first.bytes)
    }
}
