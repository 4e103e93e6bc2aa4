import ISO7816
import ValueElement
import ValueProtocol

/// A card under test, the memory behind it, and the switch that cuts its power.
final class Bench {
    let failure = FailureSwitch()
    let memory: VolatileMemory
    let card: SmartCard
    /// Keys that no answer may hold, by their first byte.
    private let secrets: [[[UInt8]]]
    /// What was read from the memory last.
    private var known: (records: [RecordName: [UInt8]], images: Images)?
    /// The command sent last.
    private(set) var last: [UInt8] = []

    init(
        _ records: [RecordName: [UInt8]], secrets: [[UInt8]], clock: any ElementClock = NoClock()
    ) throws(BrokenProperty) {
        var byFirst = [[[UInt8]]](repeating: [], count: 256)
        for secret in secrets { byFirst[Int(secret[0])].append(secret) }
        self.secrets = byFirst
        memory = VolatileMemory(records, failure: failure)
        do {
            card = try SmartCard(
                memory, surroundings: Surroundings(randomness: CountingNumbers(), clock: clock))
            try card.reset()
        } catch {
            throw BrokenProperty(description: "a card starts: \(error)")
        }
    }

    typealias Images = (element: ElementImage, masterKey: MasterKeyImage?)

    /// What the card's memory holds.
    func images() throws(BrokenProperty) -> Images {
        do throws(MemoryError) {
            let records = try memory.load()
            if let known, known.records == records { return known.images }
            let images = try SmartCard.images(in: memory)
            known = (records, images)
            return images
        } catch {
            throw BrokenProperty(description: "a card's memory can be read: \(error)")
        }
    }

    /// Sends a command.
    ///
    /// - Returns: the answer; nil where power went. The card has been started again then.
    func send(_ command: [UInt8]) throws(BrokenProperty) -> ResponseAPDU? {
        last = command
        let bytes: [UInt8]
        do throws(CardError) {
            bytes = try card.process(command)
        } catch {
            try hold(failure.isOff, "nothing but the loss of power kills a card: \(error)")
            failure.restorePower()
            try reset()
            return nil
        }
        try look(bytes)
        return try response(bytes)
    }

    func reset() throws(BrokenProperty) {
        do throws(CardError) {
            try card.reset()
        } catch {
            throw BrokenProperty(description: "a card starts after power went: \(error)")
        }
    }

    /// No key may be in what leaves the card, nor in what its owner finds there.
    func look(_ bytes: [UInt8]) throws(BrokenProperty) {
        guard bytes.count >= 16 else { return }
        for start in 0...(bytes.count - 16) {
            for secret in secrets[Int(bytes[start])] {
                try hold(!bytes[start..<(start + 16)].elementsEqual(secret), "no answer holds a key")
            }
        }
    }
}

/// Numbers that differ, and are the same in every run.
final class CountingNumbers: RandomSource {
    private var count: UInt8 = 0
    func block() throws(CipherError) -> Block {
        count &+= 1
        return Block(InlineArray<16, UInt8>(repeating: count))
    }
}

/// A clock that can be set.
final class SetClockOnly: ElementClock {
    private(set) var now = Timestamp(rawValue: 1_000)
    func set(to time: Timestamp) { now = time }
}

/// An answer that can be read as one.
private func response(_ bytes: [UInt8]) throws(BrokenProperty) -> ResponseAPDU {
    try hold((2...258).contains(bytes.count), "an answer is a status word and at most 256 bytes")
    do throws(APDUError) {
        return try ResponseAPDU(bytes)
    } catch {
        throw BrokenProperty(description: "\(error)")
    }
}
