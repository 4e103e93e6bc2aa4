import ISO7816

/// The parts of a command that is sent in several (command chaining, ISO/IEC 7816-4, 5.3.3): what its answer is depends
/// on all of its data.
struct CommandChain: Sendable {
    /// INS, P1 and P2 of the parts, and their data so far; nil where no chain is open.
    private var open: (header: [UInt8], data: MaskedBytes)?

    /// How many bytes of the same chain came before `command`.
    func count(before command: MaskedBytes) -> Int {
        guard let open, command.count >= 4, ClassByte(command.bytes[0]).isInterindustry,
            open.header[...] == command.bytes[1..<4]
        else { return 0 }
        return open.data.count
    }

    /// The whole command where `command` is the last part of a chain, with a length field of three bytes; nil for any
    /// other.
    mutating func follow(_ command: MaskedBytes) -> MaskedBytes? {
        guard command.count >= 4, ClassByte(command.bytes[0]).isInterindustry else {
            open = nil
            return nil
        }
        let header = Array(command.bytes[1..<4])
        var before = open?.header == header ? open?.data : nil
        let isPart = ClassByte(command.bytes[0]).isChained
        guard isPart || before != nil else {
            open = nil
            return nil
        }
        let range = CommandMatch.dataRange(of: command.bytes)
        var data = before ?? MaskedBytes([])
        // What is held once is not copied for each part.
        open = nil
        before = nil
        data.append(command, range)
        // Longer ones have no length field, and would take memory without end.
        guard data.count <= 0xFFFF else { return nil }
        guard !isPart else {
            open = (header, data)
            return nil
        }
        let length = [0, UInt8(data.count >> 8), UInt8(data.count & 0xFF)]
        return MaskedBytes(command.bytes[..<4] + length).appending(data, 0..<data.count)
    }
}
