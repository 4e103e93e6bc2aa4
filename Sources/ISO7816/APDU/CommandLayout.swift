/// Where the fields of a command APDU lie: the arithmetic of ISO/IEC 7816-3, 12.1.3, apart from any storage.
struct CommandLayout: Sendable, Hashable {
    let form: CommandForm
    let dataStart: Int
    let dataCount: Int
    let expectedLength: Int?

    var totalCount: Int {
        let trailer =
            switch form {
            case .case2Short, .case4Short: 1
            case .case2Extended: 3
            case .case4Extended: 2
            case .case1, .case3Short, .case3Extended: 0
            }
        return dataStart + dataCount + trailer
    }

    init(dataCount: Int, expectedLength: Int?, extended: Bool) throws(APDUError) {
        guard dataCount <= 65_535 else { throw APDUError(.dataTooLong, count: dataCount) }
        if let expectedLength, !(1...65_536).contains(expectedLength) {
            throw APDUError(.expectedLengthOutOfRange, count: expectedLength)
        }
        let isLong = extended || dataCount > 255 || (expectedLength ?? 0) > 256
        self.dataCount = dataCount
        self.expectedLength = expectedLength
        switch (dataCount > 0, expectedLength != nil) {
        case (false, false): (form, dataStart) = (.case1, 4)
        case (false, true): (form, dataStart) = (isLong ? .case2Extended : .case2Short, 4)
        case (true, false): (form, dataStart) = isLong ? (.case3Extended, 7) : (.case3Short, 5)
        case (true, true): (form, dataStart) = isLong ? (.case4Extended, 7) : (.case4Short, 5)
        }
    }

    init(parsing bytes: Span<UInt8>) throws(APDUError) {
        let count = bytes.count
        guard count >= 4 else { throw APDUError(.tooShort, count: count) }
        func number(at index: Int) -> Int { Int(bytes[index]) << 8 | Int(bytes[index + 1]) }
        if count == 4 {
            (form, dataStart, dataCount, expectedLength) = (.case1, 4, 0, nil)
            return
        }
        let first = Int(bytes[4])
        if count == 5 {
            (form, dataStart, dataCount, expectedLength) = (.case2Short, 4, 0, first == 0 ? 256 : first)
            return
        }
        if first != 0 {
            switch count - 5 - first {
            case 0: (form, dataStart, dataCount, expectedLength) = (.case3Short, 5, first, nil)
            case 1:
                let le = Int(bytes[count - 1])
                (form, dataStart, dataCount, expectedLength) = (.case4Short, 5, first, le == 0 ? 256 : le)
            default: throw APDUError(.lengthMismatch, count: count)
            }
            return
        }
        guard count >= 7 else { throw APDUError(.lengthMismatch, count: count) }
        let long = number(at: 5)
        if count == 7 {
            (form, dataStart, dataCount, expectedLength) = (.case2Extended, 4, 0, long == 0 ? 65_536 : long)
            return
        }
        guard long != 0 else { throw APDUError(.lengthMismatch, count: count) }
        switch count - 7 - long {
        case 0: (form, dataStart, dataCount, expectedLength) = (.case3Extended, 7, long, nil)
        case 2:
            let le = number(at: count - 2)
            (form, dataStart, dataCount, expectedLength) = (.case4Extended, 7, long, le == 0 ? 65_536 : le)
        default: throw APDUError(.lengthMismatch, count: count)
        }
    }

    /// Lc, in the form's width.
    @inline(__always)
    func appendLengthOfData(_ append: (UInt8) -> Void) {
        switch form {
        case .case3Short, .case4Short: append(UInt8(dataCount))
        case .case3Extended, .case4Extended:
            append(0)
            append(UInt8(dataCount >> 8))
            append(UInt8(dataCount & 0xFF))
        case .case1, .case2Short, .case2Extended: break
        }
    }

    /// Le, in the form's width; the greatest length of each form is written as zero.
    @inline(__always)
    func appendExpectedLength(_ append: (UInt8) -> Void) {
        guard let expectedLength else { return }
        switch form {
        case .case2Short, .case4Short: append(UInt8(truncatingIfNeeded: expectedLength))
        case .case2Extended, .case4Extended:
            if form == .case2Extended { append(0) }
            append(UInt8(truncatingIfNeeded: expectedLength >> 8))
            append(UInt8(truncatingIfNeeded: expectedLength))
        case .case1, .case3Short, .case3Extended: break
        }
    }
}
