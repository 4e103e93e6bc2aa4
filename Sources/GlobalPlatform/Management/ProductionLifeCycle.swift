/// Card production life cycle data, CPLC: data object 9F7F, 42 bytes in 18 fields.
///
/// Answers with and without tag and length are read; of one that is too short, the fields that are whole.
public struct ProductionLifeCycle: Sendable, Hashable {
    /// The fields in their order.
    public enum Field: Int, Sendable, Hashable, CaseIterable {
        case icFabricator, icType, operatingSystem, operatingSystemReleaseDate, operatingSystemReleaseLevel
        case icFabricationDate, icSerialNumber, icBatch, icModuleFabricator, icModulePackagingDate
        case iccManufacturer, icEmbeddingDate, icPrePersonalizer, icPrePersonalizationDate
        case icPrePersonalizationEquipment, icPersonalizer, icPersonalizationDate, icPersonalizationEquipment

        /// As text.
        public var name: String {
            switch self {
            case .icFabricator: "IC fabricator"
            case .icType: "IC type"
            case .operatingSystem: "operating system identifier"
            case .operatingSystemReleaseDate: "operating system release date"
            case .operatingSystemReleaseLevel: "operating system release level"
            case .icFabricationDate: "IC fabrication date"
            case .icSerialNumber: "IC serial number"
            case .icBatch: "IC batch identifier"
            case .icModuleFabricator: "IC module fabricator"
            case .icModulePackagingDate: "IC module packaging date"
            case .iccManufacturer: "ICC manufacturer"
            case .icEmbeddingDate: "IC embedding date"
            case .icPrePersonalizer: "IC pre-personalizer"
            case .icPrePersonalizationDate: "IC pre-personalization equipment date"
            case .icPrePersonalizationEquipment: "IC pre-personalization equipment identifier"
            case .icPersonalizer: "IC personalizer"
            case .icPersonalizationDate: "IC personalization date"
            case .icPersonalizationEquipment: "IC personalization equipment identifier"
            }
        }

        /// 4 for the serial number and equipment, else 2.
        public var byteCount: Int {
            switch self {
            case .icSerialNumber, .icPrePersonalizationEquipment, .icPersonalizationEquipment: 4
            default: 2
            }
        }

        /// Whether it is a date in the form YDDD.
        public var isDate: Bool {
            switch self {
            case .operatingSystemReleaseDate, .icFabricationDate, .icModulePackagingDate, .icEmbeddingDate,
                .icPrePersonalizationDate, .icPersonalizationDate:
                true
            default: false
            }
        }
    }

    /// A date in the form YDDD. The decade is not part of it.
    public struct Date: Sendable, Hashable, CustomStringConvertible {
        /// The last digit of the year.
        public let yearDigit: Int
        /// The day of the year, 1 to 366.
        public let day: Int

        /// nil where the bytes are not four decimal digits with a day of the year; 0000 is a date that was not set.
        public init?(_ bytes: some Collection<UInt8>) {
            let digits = bytes.flatMap { [Int($0 >> 4), Int($0 & 0x0F)] }
            guard digits.count == 4, digits.allSatisfy({ $0 < 10 }) else { return nil }
            let day = digits[1] * 100 + digits[2] * 10 + digits[3]
            guard (1...366).contains(day) else { return nil }
            (yearDigit, self.day) = (digits[0], day)
        }

        public var description: String { "day \(day) of a year ending in \(yearDigit)" }
    }

    /// The content of the data object: 42 bytes unless there is a fault.
    public let bytes: [UInt8]
    /// Where the answer does not have the form of the specification.
    public let faults: [DataFault]

    private static let count = 42

    /// Reads an answer to GET DATA: data object 9F7F, or its content alone.
    public init(_ answer: [UInt8]) {
        let name = "card production life cycle data"
        var (content, start, faults): (ArraySlice<UInt8>, Int, [DataFault]) = (answer[...], 0, [])
        if answer.starts(with: [0x9F, 0x7F]) {
            if let header = CardObjectHeader(in: answer[...], at: 0) {
                start = header.valueStart
                content = answer[start...]
                // Whatever the length field says, the content is what follows it.
                if header.count != content.count {
                    faults.append(
                        DataFault(
                            .wrongLength, name, offset: 2, "\(header.count) announced, \(content.count) follow"))
                }
            } else {
                start = min(answer.count, 3)
                content = answer[start...]
                faults.append(DataFault(.unreadable, name, offset: 2))
            }
        }
        bytes = [UInt8](content)
        if content.count > Self.count {
            faults.append(
                DataFault(.tooLong, name, offset: start + Self.count, "\(content.count) bytes instead of 42"))
        } else if content.count < Self.count {
            let end = content.count
            let field = Field.allCases.first { Self.range($0).upperBound > end }
            faults.append(
                DataFault(
                    .tooShort, name, offset: answer.count,
                    "\(end) bytes instead of 42, up to \(field?.name ?? "the end")"))
        }
        self.faults = faults
    }

    /// The bytes of a field; nil where the data end before its end.
    public subscript(field: Field) -> ArraySlice<UInt8>? {
        let range = Self.range(field)
        return range.upperBound <= bytes.count ? bytes[range] : nil
    }

    /// A date; nil where it is not set, not a date, or missing.
    public func date(_ field: Field) -> Date? { field.isDate ? self[field].flatMap { Date($0) } : nil }

    /// The name of the IC fabricator; nil for a code that is not well known.
    public var fabricatorName: String? {
        switch self[.icFabricator].map(Array.init) {
        case [0x30, 0x60]: "Renesas"
        case [0x40, 0x90]: "Infineon"
        case [0x41, 0x80]: "Atmel"
        case [0x42, 0x50]: "Samsung"
        case [0x47, 0x50]: "STMicroelectronics"
        case [0x47, 0x90]: "NXP"
        default: nil
        }
    }

    private static func range(_ field: Field) -> Range<Int> {
        let start = Field.allCases.prefix(field.rawValue).reduce(0) { $0 + $1.byteCount }
        return start..<start + field.byteCount
    }
}
