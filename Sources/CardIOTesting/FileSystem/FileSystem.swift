import ISO7816

/// The state of a ``FileSystemCard``: the tree, the PINs, and what each logical channel has selected.
struct FileSystem {
    /// What one logical channel has selected.
    struct Channel {
        /// The current DF: positions from the MF down.
        var directory: [Int] = []
        /// The current EF: its position in the current DF.
        var file: Int?
        /// The current record, from 1; 0 for none.
        var record = 0
        /// The name of the last SELECT by name, and its position among the matches.
        var search: (name: [UInt8], index: Int)?
    }

    var root: Directory
    var pins: [UInt8: CardPIN]
    let abilities: FileSystemCard.Abilities
    var channels: [UInt8: Channel] = [0: Channel()]
    /// The PINs verified since the reset.
    var verified: Set<UInt8> = []
    /// The parts of a chain so far.
    private var chain: (channel: UInt8, header: [UInt8], data: [UInt8])?
    /// The data pending for GET RESPONSE.
    private var waiting: (channel: UInt8, data: [UInt8], status: StatusWord)?

    init(root: Directory, pins: [UInt8: CardPIN], abilities: FileSystemCard.Abilities) {
        self.root = root
        self.pins = pins
        self.abilities = abilities
    }

    mutating func reset() {
        channels = [0: Channel()]
        verified = []
        chain = nil
        waiting = nil
    }

    /// Answers a command; chains, GET RESPONSE and channels are handled here, all else in `perform`.
    mutating func answer(_ command: CommandAPDU) -> ResponseAPDU {
        let cla = ClassByte(command.cla)
        guard cla.isInterindustry, command.cla & 0xE0 != 0x20 else { return ResponseAPDU(status: .classNotSupported) }
        guard cla.secureMessaging == .none else { return ResponseAPDU(status: StatusWord(0x6882)) }
        guard channels[cla.channel] != nil else { return ResponseAPDU(status: StatusWord(0x6881)) }
        if command.form.isExtended, !abilities.supportsExtendedLengths { return ResponseAPDU(status: .wrongLength) }
        if command.ins == 0xC0, chain == nil { return getResponse(command, on: cla.channel) }
        waiting = nil
        var data = [UInt8](command.data)
        let header = [command.ins, command.p1, command.p2]
        if let begun = chain {
            chain = nil
            guard begun.channel == cla.channel, begun.header == header else {
                return ResponseAPDU(status: StatusWord(0x6883))
            }
            data = begun.data + data
        }
        if cla.isChained {
            guard abilities.supportsCommandChaining else { return ResponseAPDU(status: StatusWord(0x6884)) }
            guard data.count <= 65_535 else { return ResponseAPDU(status: .wrongLength) }
            chain = (cla.channel, header, data)
            return ResponseAPDU(status: .success)
        }
        let response = perform(
            FileCommand(ins: command.ins, p1: command.p1, p2: command.p2, data: data, expected: command.expectedLength),
            on: cla.channel)
        return part(response, of: command.expectedLength ?? 256, on: cla.channel)
    }

    /// As much of an answer as can be returned at once; `61xx` for the rest.
    private mutating func part(_ response: ResponseAPDU, of expected: Int, on channel: UInt8) -> ResponseAPDU {
        let capacity = min(expected, abilities.answerData)
        guard response.data.count > capacity else { return response }
        let rest = [UInt8](response.data.dropFirst(capacity))
        waiting = (channel, rest, response.status)
        return ResponseAPDU(
            data: response.data.prefix(capacity), status: StatusWord(0x61, rest.count > 255 ? 0 : UInt8(rest.count)))
    }

    private mutating func getResponse(_ command: CommandAPDU, on channel: UInt8) -> ResponseAPDU {
        guard let kept = waiting, kept.channel == channel else {
            return ResponseAPDU(status: .conditionsNotSatisfied)
        }
        waiting = nil
        return part(
            ResponseAPDU(data: kept.data, status: kept.status), of: command.expectedLength ?? 256, on: channel)
    }

    private mutating func perform(_ command: FileCommand, on channel: UInt8) -> ResponseAPDU {
        do throws(FileRefusal) {
            switch command.ins {
            case 0x70: return try manageChannel(command, on: channel)
            case 0xA4: return try select(command, on: channel)
            case 0xB0, 0xB1, 0xD0, 0xD1, 0xD6, 0xD7, 0x0E, 0x0F, 0xA0, 0xA1:
                return try binary(command, on: channel)
            case 0xB2, 0xDC, 0xD2, 0xE2, 0x0C, 0xA2: return try record(command, on: channel)
            case 0xCA, 0xCB, 0xDA, 0xDB: return try dataObject(command, on: channel)
            case 0x20, 0x24, 0x26, 0x28, 0x2C: return try pin(command)
            default: throw FileRefusal(.instructionNotSupported)
            }
        } catch {
            return ResponseAPDU(status: error.status)
        }
    }

    /// Refuses unless PIN `number` was verified.
    func demand(_ number: UInt8?) throws(FileRefusal) {
        guard let number, pins[number]?.isEnabled ?? true else { return }
        guard verified.contains(number) else { throw FileRefusal(.securityStatusNotSatisfied) }
    }

    private mutating func manageChannel(_ command: FileCommand, on channel: UInt8) throws(FileRefusal) -> ResponseAPDU {
        switch (command.p1, command.p2) {
        case (0x00, 0x00):
            guard let free = (1..<UInt8(abilities.channels)).first(where: { channels[$0] == nil }) else {
                throw FileRefusal(0x6A81)
            }
            channels[free] = opened(from: channel)
            return ResponseAPDU(data: [free], status: .success)
        case (0x00, 1..<UInt8(abilities.channels)) where channels[command.p2] == nil:
            channels[command.p2] = opened(from: channel)
        case (0x80, 1..<20) where channels[command.p2] != nil:
            channels[command.p2] = nil
        case (0x80, 0x00) where channel != 0:
            channels[channel] = nil
        default: throw FileRefusal(.wrongParameters)
        }
        return ResponseAPDU(status: .success)
    }

    /// Opened from the basic channel, a new one starts at the MF; from another, at that one's DF (ISO/IEC 7816-4,
    /// 11.1.2).
    private func opened(from channel: UInt8) -> Channel {
        Channel(directory: channel == 0 ? [] : channels[channel]?.directory ?? [])
    }
}

/// A command, with its chain reassembled.
struct FileCommand {
    let ins: UInt8
    let p1: UInt8
    let p2: UInt8
    let data: [UInt8]
    let expected: Int?
}

/// An error status word.
struct FileRefusal: Error {
    let status: StatusWord

    init(_ status: StatusWord) { self.status = status }
    init(_ status: UInt16) { self.status = StatusWord(status) }
}
