internal import ValueProtocol

/// What a meter monitors: its sensors, its seal, its relays. Stored with its registers.
struct Watch: Equatable {
    /// The sensors' state when last read.
    var isBypassed = false
    var isCoverOpen = false
    var isMagnetNear = false
    var isArresterWorn = false
    var surges: UInt32 = 0
    /// The electronic seal: it breaks when the cover is opened or the terminals are bypassed, and is restored when the
    /// host has blocked the meter and issued it again.
    var isSealBroken = false
    /// One bit per channel: its contact does not follow.
    var faultyRelays: UInt8 = 0
    /// One bit per channel: energy flows although it was told to open.
    var flowingRelays: UInt8 = 0

    /// The changes since the last reading, in the order of `SensorReading`.
    mutating func update(_ now: SensorReading) -> [(EventCode, UInt32)] {
        var events: [(EventCode, UInt32)] = []
        func edge(_ was: Bool, _ isNow: Bool, _ begins: EventCode, _ ends: EventCode) {
            if was != isNow { events.append((isNow ? begins : ends, 0)) }
        }
        edge(isBypassed, now.isBypassed, .bypassBegins, .bypassEnds)
        edge(isCoverOpen, now.isCoverOpen, .coverOpened, .coverClosed)
        edge(isMagnetNear, now.isMagnetNear, .magnetBegins, .magnetEnds)
        if now.surges != surges { events.append((.surge, now.surges)) }
        if now.isArresterWorn, !isArresterWorn { events.append((.arresterWorn, now.surges)) }
        (isBypassed, isCoverOpen, isMagnetNear) = (now.isBypassed, now.isCoverOpen, now.isMagnetNear)
        (surges, isArresterWorn) = (now.surges, now.isArresterWorn)
        if !isSealBroken, isBypassed || isCoverOpen {
            isSealBroken = true
            events.append((.sealBroken, 0))
        }
        return events
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = [
            (isBypassed ? 1 : 0) | (isCoverOpen ? 2 : 0) | (isMagnetNear ? 4 : 0) | (isArresterWorn ? 8 : 0)
                | (isSealBroken ? 16 : 0),
            faultyRelays, flowingRelays,
        ]
        bytes.append(bigEndian: surges)
        return bytes
    }

    init() {}

    @_lifetime(reader: copy reader)
    init(from reader: inout ByteReader) {
        let flags = reader.readByte()
        isBypassed = flags & 1 != 0
        isCoverOpen = flags & 2 != 0
        isMagnetNear = flags & 4 != 0
        isArresterWorn = flags & 8 != 0
        isSealBroken = flags & 16 != 0
        faultyRelays = reader.readByte()
        flowingRelays = reader.readByte()
        surges = reader.read()
    }
}
