/// Where the fields of a command APDU are: the arithmetic of ISO/IEC 7816-3, 12.1.3, independent of storage.
@usableFromInline
struct CommandLayout: Sendable, Hashable {
    @usableFromInline let form: CommandForm
    @usableFromInline let dataStart: Int
    @usableFromInline let dataCount: Int
    @usableFromInline let expectedLength: Int?

    @inlinable
    init(form: CommandForm, dataStart: Int, dataCount: Int, expectedLength: Int?) {
        self.form = form
        self.dataStart = dataStart
        self.dataCount = dataCount
        self.expectedLength = expectedLength
    }

    /// Chooses the form for the given lengths of data and answer.
    ///
    /// - Throws: `APDUError` where a length is out of range.
    @inlinable
    init(dataCount: Int, expectedLength: Int?, extended: Bool) throws(APDUError) {
        guard dataCount <= 65_535 else { throw APDUError(.dataTooLong, count: dataCount) }
        if let expectedLength, expectedLength < 1 || expectedLength > 65_536 {
            throw APDUError(.expectedLengthOutOfRange, count: expectedLength)
        }
        let isLong = extended || dataCount > 255 || (expectedLength ?? 0) > 256
        let form: CommandForm
        switch (dataCount > 0, expectedLength != nil) {
        case (false, false): form = .case1
        case (false, true): form = isLong ? .case2Extended : .case2Short
        case (true, false): form = isLong ? .case3Extended : .case3Short
        case (true, true): form = isLong ? .case4Extended : .case4Short
        }
        let dataStart = dataCount == 0 ? 4 : isLong ? 7 : 5
        self.init(form: form, dataStart: dataStart, dataCount: dataCount, expectedLength: expectedLength)
    }

    /// How many bytes the whole command takes.
    @inlinable
    var totalCount: Int { dataStart &+ dataCount &+ lengthExpected.count }

    /// Lc, in the form's width.
    @inlinable
    var lengthOfData: LengthField {
        switch form {
        case .case3Short, .case4Short: LengthField(dataCount, width: 1)
        case .case3Extended, .case4Extended: LengthField(dataCount, width: 3)
        case .case1, .case2Short, .case2Extended: LengthField(0, width: 0)
        }
    }

    /// Le, in the form's width; the maximum length of each form is encoded as zero.
    @inlinable
    var lengthExpected: LengthField {
        let length = expectedLength ?? 0
        return switch form {
        case .case2Short, .case4Short: LengthField(length & 0xFF, width: 1)
        case .case2Extended: LengthField(length & 0xFFFF, width: 3)
        case .case4Extended: LengthField(length & 0xFFFF, width: 2)
        case .case1, .case3Short, .case3Extended: LengthField(0, width: 0)
        }
    }

    /// The bytes of Lc or Le: a big-endian number, 0 to 3 bytes wide.
    @usableFromInline
    struct LengthField: Sendable {
        @usableFromInline let value: Int
        @usableFromInline let count: Int

        @inlinable
        init(_ value: Int, width: Int) {
            self.value = value
            self.count = width
        }

        @inlinable
        subscript(offset: Int) -> UInt8 { UInt8(truncatingIfNeeded: value &>> (8 &* (count &- 1 &- offset))) }
    }
}
