import ISO7816

/// What a T=0 card still has to send of one answer: data, and the status word after its last byte.
struct T0Answer {
    private var data: ArraySlice<UInt8>
    private let status: StatusWord

    init(_ response: ResponseAPDU) {
        self.data = response.data
        self.status = response.status
    }

    var isEmpty: Bool { data.isEmpty }

    /// SW2 of `61xx` and `6Cxx`: remaining bytes, 00 for 256 or more.
    private var leftByte: UInt8 { UInt8(truncatingIfNeeded: min(data.count, 256)) }
    /// `61xx`: remaining bytes available.
    var available: StatusWord { StatusWord(0x61, leftByte) }
    /// `6Cxx`: repeat the command with this length.
    var correctLength: StatusWord { StatusWord(0x6C, leftByte) }

    /// Whether at least `count` bytes remain.
    func holds(_ count: Int) -> Bool { data.count >= count }

    /// Whether the answer can be sent at once to a command that expects `count` bytes: it has exactly that length, or
    /// more than one command can fetch.
    func fits(_ count: Int) -> Bool { data.count == count || (count == 256 && data.count > 256) }

    /// Removes the next `count` bytes: followed by the command's status word after the last, else by `61xx`.
    mutating func removeFirst(_ count: Int) -> [UInt8] {
        let part = data.prefix(count)
        data = data.dropFirst(count)
        let status = data.isEmpty ? status : available
        return part + [status.sw1, status.sw2]
    }
}
