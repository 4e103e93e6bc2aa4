/// Writes APDUs into the caller's buffer, without an allocation.
extension OutputSpan where Element == UInt8 {
    /// Writes a command, in the short form where its lengths allow, otherwise in the extended form.
    ///
    /// - Parameters:
    ///   - cla: the class byte.
    ///   - ins: the instruction byte.
    ///   - p1: the first parameter byte.
    ///   - p2: the second parameter byte.
    ///   - data: 0 to 65,535 bytes.
    ///   - expectedLength: Ne, 1 to 65,536, or nil for no Le field.
    ///   - extended: forces the extended form.
    /// - Throws: `APDUError` where a length is out of range or the buffer is too small; nothing is written then.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func appendCommand(
        cla: UInt8, ins: UInt8, p1: UInt8, p2: UInt8, data: Span<UInt8> = Span(), expectedLength: Int? = nil,
        extended: Bool = false
    ) throws(APDUError) {
        let layout = try CommandLayout(dataCount: data.count, expectedLength: expectedLength, extended: extended)
        guard layout.totalCount <= freeCapacity else { throw APDUError(.bufferTooSmall, count: layout.totalCount) }
        append(cla)
        append(ins)
        append(p1)
        append(p2)
        let lengthOfData = layout.lengthOfData
        for offset in 0..<lengthOfData.count { append(lengthOfData[offset]) }
        appendBytes(data)
        let lengthExpected = layout.lengthExpected
        for offset in 0..<lengthExpected.count { append(lengthExpected[offset]) }
    }

    /// Writes a response: data and status word.
    ///
    /// - Throws: `APDUError` for more than 65,536 bytes of data, or where the buffer is too small; nothing is written
    ///   then.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func appendResponse(data: Span<UInt8> = Span(), status: StatusWord) throws(APDUError) {
        guard data.count <= 65_536 else { throw APDUError(.responseTooLong, count: data.count) }
        guard data.count + 2 <= freeCapacity else { throw APDUError(.bufferTooSmall, count: data.count + 2) }
        appendBytes(data)
        append(status.sw1)
        append(status.sw2)
    }
}
