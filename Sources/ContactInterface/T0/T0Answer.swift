import ISO7816

/// What a T=0 card still has to give of one answer: data, and the status word that comes behind its last byte.
struct T0Answer {
    private var data: ArraySlice<UInt8>
    private let status: StatusWord

    init(_ response: ResponseAPDU) {
        self.data = response.data
        self.status = response.status
    }

    var isEmpty: Bool { data.isEmpty }

    /// SW2 of `61xx` and `6Cxx`: what is left, 00 for 256 and more.
    private var leftByte: UInt8 { UInt8(truncatingIfNeeded: min(data.count, 256)) }
    /// `61xx`: so much is there.
    var available: StatusWord { StatusWord(0x61, leftByte) }
    /// `6Cxx`: ask again, with this length.
    var rightLength: StatusWord { StatusWord(0x6C, leftByte) }

    /// Whether at least `count` bytes are there.
    func holds(_ count: Int) -> Bool { data.count >= count }

    /// Whether the answer can be given at once to a command that expects `count` bytes: all of it is that long, or it
    /// is longer than one command can fetch.
    func fits(_ count: Int) -> Bool { data.count == count || (count == 256 && data.count > 256) }

    /// Takes off the next `count` bytes: with the status word of the command behind the last, with `61xx` elsewhere.
    mutating func take(_ count: Int) -> [UInt8] {
        let part = data.prefix(count)
        data = data.dropFirst(count)
        let status = data.isEmpty ? status : available
        return part + [status.sw1, status.sw2]
    }
}
