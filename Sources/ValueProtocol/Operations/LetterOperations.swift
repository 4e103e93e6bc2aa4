/// Leaves a part of a letter in the slot of a card: `service ‖ part u8 ‖ parts u8 ‖ bytes` (protocol §10, POST).
///
/// The letter counts when its last part is there, and replaces the one before.
public struct PostLetter: ElementOperation, Hashable {
    public static let code = OperationCode.post
    /// Whose purse has the slot.
    public let service: UtilityService
    /// From 0.
    public let part: UInt8
    /// 1 to 12; 0 takes the letter back.
    public let parts: UInt8
    /// 1 to 200; none where the letter is taken back.
    public let bytes: [UInt8]

    public init(service: UtilityService, part: UInt8, parts: UInt8, bytes: [UInt8]) {
        self.service = service
        self.part = part
        self.parts = parts
        self.bytes = bytes
    }

    /// Takes back the letter in the slot of `service`.
    public static func takingBack(_ service: UtilityService) -> PostLetter {
        PostLetter(service: service, part: 0, parts: 0, bytes: [])
    }

    /// The parts in which a letter is left in the slot of `service`, in the order in which one session sends them.
    package static func parts(of letter: Letter, service: UtilityService) -> [PostLetter] {
        let parts = letter.parts
        return parts.indices.map {
            PostLetter(service: service, part: UInt8($0), parts: UInt8(parts.count), bytes: parts[$0])
        }
    }

    public var request: [UInt8] { [service.rawValue, part, parts] + bytes }

    /// Parses a plaintext C3; nil if it is malformed.
    public init?(_ c3: [UInt8]) {
        var reader = ByteReader(c3.span)
        service = UtilityService(rawValue: reader.readByte())
        part = reader.readByte()
        parts = reader.readByte()
        bytes = reader.readBytes(reader.remaining)
        guard reader.isFinished, takesBack || TransferParts.areWellFormed(bytes, of: parts) else { return nil }
    }

    /// Whether it takes the letter back.
    public var takesBack: Bool { parts == 0 && bytes.isEmpty }

    /// `service ‖ parts held u8`
    public struct Answer: Sendable, Hashable {
        public let service: UtilityService
        /// Of the letter that is being left; 0 where it was taken back.
        public let held: UInt8

        package init(service: UtilityService, held: UInt8) {
            self.service = service
            self.held = held
        }

        package func append(to bytes: inout [UInt8]) { bytes += [service.rawValue, held] }
    }

    @_lifetime(reader: copy reader)
    public static func answer(from reader: inout ByteReader) -> Answer? {
        Answer(service: UtilityService(rawValue: reader.readByte()), held: reader.readByte())
    }
}

/// Asks a card for a part of the letter in its slot: `part u8` (protocol §10, FETCH). All parts in one session.
public struct FetchLetter: ElementOperation {
    public static let code = OperationCode.fetch
    /// From 0.
    public let part: UInt8

    public init(part: UInt8) { self.part = part }

    public var request: [UInt8] { [part] }

    /// Parses a plaintext C3; nil if it is malformed.
    public init?(_ c3: [UInt8]) {
        guard c3.count == 1 else { return nil }
        part = c3[0]
    }

    /// `parts u8 ‖ bytes`
    public struct Answer: Sendable, Hashable {
        /// 0 where the slot has no letter.
        public let parts: UInt8
        public let bytes: [UInt8]

        package init(parts: UInt8, bytes: [UInt8]) {
            self.parts = parts
            self.bytes = bytes
        }

        package func append(to bytes: inout [UInt8]) { bytes += [parts] + self.bytes }
    }

    @_lifetime(reader: copy reader)
    public static func answer(from reader: inout ByteReader) -> Answer? {
        Answer(parts: reader.readByte(), bytes: reader.readBytes(reader.remaining))
    }
}

extension PostLetter: ExemplifiedOperation {
    package init?(example values: inout some ExampleValues) {
        self.init(
            service: values.service(), part: UInt8(values.number(below: 3, default: 0)),
            parts: UInt8(values.number(below: 14, default: 1)),
            // One byte more than a part has.
            bytes: values.bytes(upTo: TransferParts.maxByteCount + 1, default: [0, 0, 0, 1, 1]))
    }
}

extension FetchLetter: ExemplifiedOperation {
    package init?(example values: inout some ExampleValues) {
        self.init(part: UInt8(values.number(below: 3, default: 0)))
    }
}
