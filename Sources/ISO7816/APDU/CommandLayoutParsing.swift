extension CommandLayout {
    /// Finds the fields of an encoded command (ISO/IEC 7816-3, 12.1.3, decoding conventions).
    ///
    /// - Throws: `APDUError` where the bytes are not a command APDU of any of the four cases.
    @inlinable
    init(parsing bytes: Span<UInt8>) throws(APDUError) {
        let count = bytes.count
        guard count >= 4 else { throw APDUError(.tooShort, count: count) }
        guard count > 4 else {
            self.init(form: .case1, dataStart: 4, dataCount: 0, expectedLength: nil)
            return
        }
        let first = Int(bytes[4])
        if count == 5 {
            self.init(form: .case2Short, dataStart: 4, dataCount: 0, expectedLength: first == 0 ? 256 : first)
        } else if first != 0 {
            try self.init(short: bytes, dataCount: first)
        } else {
            try self.init(extended: bytes)
        }
    }

    @inlinable
    init(short bytes: Span<UInt8>, dataCount: Int) throws(APDUError) {
        let count = bytes.count
        switch count &- 5 &- dataCount {
        case 0: self.init(form: .case3Short, dataStart: 5, dataCount: dataCount, expectedLength: nil)
        case 1:
            let le = Int(bytes[count &- 1])
            self.init(form: .case4Short, dataStart: 5, dataCount: dataCount, expectedLength: le == 0 ? 256 : le)
        default: throw APDUError(.lengthMismatch, count: count)
        }
    }

    @inlinable
    init(extended bytes: Span<UInt8>) throws(APDUError) {
        let count = bytes.count
        guard count >= 7 else { throw APDUError(.lengthMismatch, count: count) }
        let long = Int(bytes[5]) &<< 8 | Int(bytes[6])
        if count == 7 {
            self.init(form: .case2Extended, dataStart: 4, dataCount: 0, expectedLength: long == 0 ? 65_536 : long)
            return
        }
        guard long != 0 else { throw APDUError(.lengthMismatch, count: count) }
        switch count &- 7 &- long {
        case 0: self.init(form: .case3Extended, dataStart: 7, dataCount: long, expectedLength: nil)
        case 2:
            let le = Int(bytes[count &- 2]) &<< 8 | Int(bytes[count &- 1])
            self.init(form: .case4Extended, dataStart: 7, dataCount: long, expectedLength: le == 0 ? 65_536 : le)
        default: throw APDUError(.lengthMismatch, count: count)
        }
    }
}
