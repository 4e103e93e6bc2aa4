/// A response APDU within borrowed bytes: nothing is copied or allocated.
public struct ResponseAPDUView: ~Escapable {
    /// The encoded response, at least 2 bytes.
    public let bytes: Span<UInt8>

    /// Parses an encoded response.
    ///
    /// - Throws: `APDUError` for fewer than 2 or more than 65,538 bytes.
    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>) throws(APDUError) {
        guard bytes.count >= 2 else { throw APDUError(.tooShort, count: bytes.count) }
        guard bytes.count <= 65_538 else { throw APDUError(.responseTooLong, count: bytes.count) }
        self.bytes = bytes
    }

    /// The response data field.
    @inlinable
    public var data: Span<UInt8> {
        @_lifetime(copy self)
        get { bytes.extracting(0..<bytes.count &- 2) }
    }

    /// SW1 and SW2.
    @inlinable
    public var status: StatusWord { StatusWord(bytes[bytes.count &- 2], bytes[bytes.count &- 1]) }
}
