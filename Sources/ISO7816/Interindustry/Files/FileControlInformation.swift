import Diagnostics

/// What a card says about a file: FCI, FCP or FMD (ISO/IEC 7816-4, 7.4).
public struct FileControlInformation: Sendable, Hashable {
    /// The template that it came in.
    public enum Template: UInt32, Sendable, Hashable, CaseIterable {
        /// 62.
        case controlParameters = 0x62
        /// 64.
        case managementData = 0x64
        /// 6F, which may hold the two others.
        case controlInformation = 0x6F
    }

    /// The template that it came in.
    public let template: Template
    /// Its data objects in order, including those of an FCP and FMD within an FCI.
    public let objects: [TLV]

    /// Parses the answer to SELECT.
    ///
    /// - Throws: `InterindustryError` with code `.malformedAnswer`.
    public init(_ bytes: some Collection<UInt8>) throws(InterindustryError) {
        let outer: TLV
        do throws(TLVError) {
            outer = try TLV(bytes)
        } catch {
            throw InterindustryError(.malformedAnswer, "file control information", cause: error)
        }
        guard let template = Template(rawValue: outer.tag.rawValue) else {
            throw InterindustryError(
                .malformedAnswer, "file control information",
                cause: Circumstance("it is a template \(outer.tag), not 62, 64 or 6F")
            )
        }
        self.template = template
        self.objects = outer.children.flatMap { inner in
            template == .controlInformation && (inner.tag == 0x62 || inner.tag == 0x64) ? inner.children : [inner]
        }
    }

    private func object(_ tag: TLVTag) -> TLV? { objects.first { $0.tag == tag } }

    private func number(_ tag: TLVTag) -> Int? {
        guard let value = object(tag)?.value, (1...4).contains(value.count) else { return nil }
        return value.reduce(0) { $0 << 8 | Int($1) }
    }

    /// Bytes of data in the file, without structural information (80).
    public var dataCount: Int? { number(0x80) }
    /// Bytes in the file with structural information, if any (81).
    public var totalCount: Int? { number(0x81) }
    /// What kind of file it is (82).
    public var descriptor: FileDescriptor? { object(0x82).flatMap { FileDescriptor($0.value) } }
    /// The file identifier (83).
    public var identifier: UInt16? {
        guard let value = object(0x83)?.value, value.count == 2 else { return nil }
        return number(0x83).map(UInt16.init(truncatingIfNeeded:))
    }
    /// The names of the DF, usually an AID (84): one or several.
    public var names: [[UInt8]] { objects.filter { $0.tag == 0x84 }.map { [UInt8]($0.value) } }
    /// The short EF identifier, 1 to 30 (88); without 88, the low five bits of the identifier; nil where 88 is empty,
    /// which means that there is none.
    public var shortIdentifier: UInt8? {
        let short: UInt8
        if let object88 = object(0x88) {
            guard let byte = object88.value.first, object88.value.count == 1, byte & 0x07 == 0 else { return nil }
            short = byte >> 3
        } else {
            guard let identifier, descriptor?.isDirectory == false else { return nil }
            short = UInt8(truncatingIfNeeded: identifier) & 0x1F
        }
        return (1...30).contains(short) ? short : nil
    }
    /// The life cycle status (8A).
    public var lifeCycle: FileLifeCycle? {
        guard let value = object(0x8A)?.value, value.count == 1 else { return nil }
        return value.first.map(FileLifeCycle.init)
    }
    /// Proprietary information: 85 and A5.
    public var proprietary: [TLV] { objects.filter { $0.tag == 0x85 || $0.tag == 0xA5 } }
    /// Security attributes, unparsed, in any format: 86, 8B, 8C, 8E, 9C, A0, A1, AB, AD, AE.
    public var securityAttributes: [TLV] {
        let tags: [TLVTag] = [0x86, 0x8B, 0x8C, 0x8E, 0x9C, 0xA0, 0xA1, 0xAB, 0xAD, 0xAE]
        return objects.filter { tags.contains($0.tag) }
    }
}
