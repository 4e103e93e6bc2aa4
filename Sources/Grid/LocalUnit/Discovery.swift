internal import PowerLine
internal import ValueProtocol

/// One round in which meters without a station are found: frames of slots, each with as many slots as meters are probably
/// left, until two in a row are empty (framed ALOHA).
struct Discovery: Sendable {
    /// A frame that is open: its slots are running.
    private struct Frame: Sendable {
        let slots: StationMessage.Slots
        let begins: Duration
        var heard: Set<Int> = []
        var understood: Set<Int> = []
        var nonces: [PartyID: Set<UInt32>] = [:]
    }

    /// What a frame has found.
    struct Found: Sendable, Hashable {
        var meters: [PartyID: UInt32] = [:]
        /// They answered as two.
        var twins: [PartyID] = []
        var collisions = 0
    }

    private let slotLength: UInt16
    private var exponent: UInt8
    private var frame: Frame?
    private var emptyFrames = 0
    /// Frames in a row in which something was heard and nothing understood.
    private var fruitlessFrames = 0
    /// From too few slots to enough of them for all meters of a line there are no more.
    private static let maxFruitlessFrames = 10

    /// - Parameters:
    ///   - expected: how many meters are probably without a station.
    ///   - timing: of the line.
    init(expecting expected: Int, _ timing: HDLCTiming) {
        // An answer has 25 bytes; a slot ends when the last byte is surely there.
        let slot = timing.byteTime * 25 + timing.allowance
        slotLength = UInt16(clamping: slot.milliseconds + 1)
        exponent = Self.exponent(for: Double(max(2, expected)))
    }

    var isOver: Bool { emptyFrames >= 2 || isDisturbed }
    /// Whether what is heard is not the meters: it would go on without end.
    var isDisturbed: Bool { fruitlessFrames >= Self.maxFruitlessFrames }
    /// Until when the slots of the open frame run; nil if none is open.
    var ends: Duration? { frame.map { $0.begins + $0.slots.length * $0.slots.count } }

    /// The slots of the frame that is to be sent next.
    var slots: StationMessage.Slots { StationMessage.Slots(exponent: exponent, milliseconds: slotLength) }

    /// The frame's last byte leaves at `begins`: from there on its slots run.
    mutating func open(at begins: Duration) { frame = Frame(slots: slots, begins: begins) }

    private func slot(at now: Duration) -> Int? {
        guard let frame, now > frame.begins, frame.slots.length > .zero else { return nil }
        // A byte that arrives as a slot ends belongs to it.
        let index = Int((now - frame.begins - .nanoseconds(1)) / frame.slots.length)
        return index < frame.slots.count ? index : nil
    }

    /// Something was heard.
    mutating func heard(at now: Duration) { if let slot = slot(at: now) { frame?.heard.insert(slot) } }

    /// A meter's answer was understood.
    mutating func receive(_ meter: PartyID, nonce: UInt32, at now: Duration) {
        if let slot = slot(at: now) { frame?.understood.insert(slot) }
        frame?.nonces[meter, default: []].insert(nonce)
    }

    /// Closes the frame whose slots have run out, and plans the next.
    mutating func close() -> Found {
        guard let frame else { return Found() }
        self.frame = nil
        var found = Found()
        for (meter, nonces) in frame.nonces {
            if let nonce = nonces.first, nonces.count == 1 {
                found.meters[meter] = nonce
            } else {
                found.twins.append(meter)
            }
        }
        found.collisions = frame.heard.subtracting(frame.understood).count
        exponent = Self.exponent(for: max(2, 2.4 * Double(found.collisions)))
        return found
    }

    /// Says what the frame that was closed was good for.
    ///
    /// - Parameters:
    ///   - isUseful: whether another may find more: who answers and is given no station answers again, without end.
    ///   - hasFound: whether a meter's answer was understood.
    mutating func record(isUseful: Bool, hasFound: Bool) {
        emptyFrames = isUseful ? 0 : emptyFrames + 1
        fruitlessFrames = hasFound || !isUseful ? 0 : fruitlessFrames + 1
    }

    /// The nearest power of two, by ratio.
    private static func exponent(for count: Double) -> UInt8 {
        var (exponent, power) = (UInt8(0), 1.0)
        while exponent < StationMessage.Slots.maxExponent, count * count > power * power * 2 {
            exponent += 1
            power *= 2
        }
        return exponent
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
