/// A command APDU: header, command data field and expected response length (ISO/IEC 7816-4, 5.2).
///
/// The value holds the bytes exactly as transmitted, so that sending, tracing and replaying need no second encoding;
/// its fields are slices of them.
public struct CommandAPDU: Sendable, Hashable {
    /// The encoded command.
    public let bytes: [UInt8]
    @usableFromInline let layout: CommandLayout

    /// The class byte.
    public var cla: UInt8 { bytes[0] }
    /// The instruction byte.
    public var ins: UInt8 { bytes[1] }
    /// The first parameter byte.
    public var p1: UInt8 { bytes[2] }
    /// The second parameter byte.
    public var p2: UInt8 { bytes[3] }
    /// The command data field, empty in cases 1 and 2.
    public var data: ArraySlice<UInt8> { bytes[layout.dataStart..<layout.dataStart + layout.dataCount] }
    /// Ne, the maximum number of bytes expected in the answer: nil where no Le field is present, 256 or 65,536 where Le
    /// is zero.
    public var expectedLength: Int? { layout.expectedLength }
    /// Which of the four cases it is, short or extended.
    public var form: CommandForm { layout.form }

    /// Builds a command, in the short form where its lengths allow otherwise in the extended form.
    ///
    /// - Parameters:
    ///   - cla: the class byte.
    ///   - ins: the instruction byte.
    ///   - p1: the first parameter byte.
    ///   - p2: the second parameter byte.
    ///   - data: 0 to 65,535 bytes.
    ///   - expectedLength: Ne, 1 to 65,536, or nil for no Le field.
    ///   - extended: forces the extended form.
    /// - Throws: `APDUError` where a length is out of range.
    @inlinable
    public init(
        cla: UInt8, ins: UInt8, p1: UInt8, p2: UInt8, data: some Collection<UInt8> = EmptyCollection(),
        expectedLength: Int? = nil, extended: Bool = false
    ) throws(APDUError) {
        let layout = try CommandLayout(dataCount: data.count, expectedLength: expectedLength, extended: extended)
        var bytes = [UInt8]()
        bytes.reserveCapacity(layout.totalCount)
        bytes.append(cla)
        bytes.append(ins)
        bytes.append(p1)
        bytes.append(p2)
        let lengthOfData = layout.lengthOfData
        for offset in 0..<lengthOfData.count { bytes.append(lengthOfData[offset]) }
        bytes.append(contentsOf: data)
        let lengthExpected = layout.lengthExpected
        for offset in 0..<lengthExpected.count { bytes.append(lengthExpected[offset]) }
        self.init(checked: bytes, layout: layout)
    }

    @usableFromInline
    init(checked bytes: [UInt8], layout: CommandLayout) {
        self.bytes = bytes
        self.layout = layout
    }

    /// Parses an encoded command.
    ///
    /// - Throws: `APDUError` where the bytes are not a command APDU of any of the four cases.
    public init(_ bytes: [UInt8]) throws(APDUError) {
        self.layout = try CommandLayout(parsing: bytes.span)
        self.bytes = bytes
    }

    public static func == (a: CommandAPDU, b: CommandAPDU) -> Bool { a.bytes == b.bytes }
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
