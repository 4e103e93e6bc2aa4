/// Sets an element's life-cycle state: `state u8`.
public struct SetState: ElementOperation {
    public static let code = OperationCode.setState
    public let state: LifeCycle
    public init(_ state: LifeCycle) { self.state = state }
    public var request: [UInt8] { [state.rawValue] }

    /// Parses a plaintext C3; nil if it is malformed.
    public init?(_ c3: [UInt8]) {
        guard c3.count == 1, let state = LifeCycle(rawValue: c3[0]) else { return nil }
        self.state = state
    }

    @_lifetime(reader: copy reader)
    public static func answer(from reader: inout ByteReader) -> LifeCycle? { LifeCycle(rawValue: reader.readByte()) }
}

/// Sets a meter's clock: `time u32`; the answer is the previous time.
public struct SetClock: ElementOperation {
    public static let code = OperationCode.setClock
    public let time: Timestamp
    public init(_ time: Timestamp) { self.time = time }

    public var request: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: time.rawValue)
        return bytes
    }

    /// Parses a plaintext C3; nil if it is malformed.
    public init?(_ c3: [UInt8]) {
        var reader = ByteReader(c3.span)
        time = Timestamp(rawValue: reader.read())
        guard reader.isFinished else { return nil }
    }

    @_lifetime(reader: copy reader)
    public static func answer(from reader: inout ByteReader) -> Timestamp? { Timestamp(rawValue: reader.read()) }
}

extension SetState: ExemplifiedOperation {
    package init?(example values: inout some ExampleValues) {
        guard let state = LifeCycle(rawValue: UInt8(values.number(below: 4, default: 2))) else { return nil }
        self.init(state)
    }
}

extension SetClock: ExemplifiedOperation {
    package init?(example values: inout some ExampleValues) { self.init(values.time(default: 4)) }
}
