import ISO7816

/// What is measured: each reads existing bytes, and writes into an existing buffer.
public enum Subjects {
    /// Goes through all data objects on all levels; the sum of tags' numbers and values' lengths.
    public static func walk(_ bytes: Span<UInt8>) throws(TLVError) -> Int {
        var cursor = TLVCursor(bytes)
        return try walk(&cursor)
    }

    private static func walk(_ cursor: inout TLVCursor) throws(TLVError) -> Int {
        var sum = 0
        while let element = try cursor.next() {
            sum &+= Int(element.tag.number) &+ element.value.count
            if element.tag.isConstructed {
                var children = try element.children()
                sum &+= try walk(&children)
            }
        }
        return sum
    }

    /// Writes the answer to SELECT of ``Samples/selectAnswer``.
    public static func buildSelectAnswer(
        into room: inout OutputSpan<UInt8>, name: Span<UInt8>, keys: Span<UInt8>
    ) throws(TLVError) {
        try room.appendTLV(0x6F) { (room) throws(TLVError) in
            try room.appendTLV(0x84, value: name)
            try room.appendTLV(0xA5) { (room) throws(TLVError) in
                try room.appendTLV(0x80, integer: 0x0000_0001_1000_0001 as UInt64)
                try room.appendTLV(0x81, integer: 1 as UInt8)
                try room.appendTLV(0x82, integer: 1 as UInt8)
                try room.appendTLV(0x83, value: keys)
            }
        }
    }

    /// Reads the fields of a command; returns a number computed from all of them.
    public static func readCommand(_ bytes: Span<UInt8>) throws(APDUError) -> Int {
        let view = try CommandAPDUView(bytes)
        return Int(view.cla) &+ Int(view.ins) &+ Int(view.p1) &+ Int(view.p2) &+ view.data.count
            &+ (view.expectedLength ?? 0)
    }

    /// Writes INITIALIZE.
    public static func buildCommand(into room: inout OutputSpan<UInt8>, data: Span<UInt8>) throws(APDUError) {
        try room.appendCommand(cla: 0x80, ins: 0x50, p1: 1, p2: 1, data: data, expectedLength: 256)
    }

    /// Reads a response; returns a number computed from its fields.
    public static func readResponse(_ bytes: Span<UInt8>) throws(APDUError) -> Int {
        let view = try ResponseAPDUView(bytes)
        return view.data.count &+ Int(view.status.rawValue)
    }
}
