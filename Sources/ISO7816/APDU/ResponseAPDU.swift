/// A response APDU: data field and status word (ISO/IEC 7816-4, 5.3).
public struct ResponseAPDU: Sendable, Hashable {
    /// The encoded response, at least 2 bytes.
    public let bytes: [UInt8]

    /// The response data field.
    public var data: ArraySlice<UInt8> { bytes[..<(bytes.count - 2)] }
    /// SW1 and SW2.
    public var status: StatusWord { StatusWord(bytes[bytes.count - 2], bytes[bytes.count - 1]) }

    /// Parses an encoded response.
    ///
    /// - Throws: `APDUError` for fewer than 2 or more than 65,538 bytes.
    public init(_ bytes: [UInt8]) throws(APDUError) {
        guard bytes.count >= 2 else { throw APDUError(.tooShort, count: bytes.count) }
        guard bytes.count <= 65_538 else { throw APDUError(.responseTooLong, count: bytes.count) }
        self.bytes = bytes
    }

    /// Builds a response of at most 65,536 bytes of data.
    @inlinable
    public init(data: some Collection<UInt8> = EmptyCollection(), status: StatusWord) {
        precondition(data.count <= 65_536, "a response APDU holds at most 65,536 bytes of data")
        var bytes = [UInt8]()
        bytes.reserveCapacity(data.count + 2)
        bytes.append(contentsOf: data)
        bytes.append(status.sw1)
        bytes.append(status.sw2)
        self.bytes = bytes
    }
}
