/// A command APDU within borrowed bytes: its fields are read in place, nothing is copied or allocated.
///
/// Emulated cards read their commands through this; ``CommandAPDU`` owns its bytes.
public struct CommandAPDUView: ~Escapable {
    /// The encoded command.
    public let bytes: Span<UInt8>
    @usableFromInline let layout: CommandLayout

    /// Parses an encoded command.
    ///
    /// - Throws: `APDUError` where the bytes are not a command APDU of any of the four cases.
    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>) throws(APDUError) {
        self.layout = try CommandLayout(parsing: bytes)
        self.bytes = bytes
    }

    /// The class byte.
    @inlinable
    public var cla: UInt8 { bytes[0] }
    /// The instruction byte.
    @inlinable
    public var ins: UInt8 { bytes[1] }
    /// The first parameter byte.
    @inlinable
    public var p1: UInt8 { bytes[2] }
    /// The second parameter byte.
    @inlinable
    public var p2: UInt8 { bytes[3] }
    /// The command data field, empty in cases 1 and 2.
    @inlinable
    public var data: Span<UInt8> {
        @_lifetime(copy self)
        get { bytes.extracting(layout.dataStart..<layout.dataStart &+ layout.dataCount) }
    }
    /// Ne, the maximum number of bytes expected in the answer: nil where no Le field is present, 256 or 65,536 where Le
    /// is zero.
    @inlinable
    public var expectedLength: Int? { layout.expectedLength }
    /// Which of the four cases it is, short or extended.
    @inlinable
    public var form: CommandForm { layout.form }
}

extension CommandAPDU {
    /// Copies a command out of borrowed bytes.
    public init(_ view: borrowing CommandAPDUView) {
        let span = view.bytes
        self.init(
            checked: [UInt8](capacity: span.count) { room in
                for index in span.indices { room.append(span[index]) }
            },
            layout: view.layout)
    }
}
