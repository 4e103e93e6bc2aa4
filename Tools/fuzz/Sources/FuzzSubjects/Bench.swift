import CardCrypto
import ISO7816
import ValueElement
import ValueProtocol

/// A card under test, the memory behind it, and the switch that cuts its power.
final class Bench {
    let failure = FailureSwitch()
    let memory: CountingMemory
    let card: ValueCard
    /// The images read last from the memory, and the number of commits at that time.
    private var known: (commits: Int, images: Images)?
    /// The last command sent.
    private(set) var last: [UInt8] = []

    init(
        _ records: [RecordName: [UInt8]], clock: any ElementClock = NullClock()
    ) throws(BrokenProperty) {
        memory = CountingMemory(VolatileMemory(records, failure: failure))
        do {
            card = try ValueCard(
                memory,
                environment: ElementEnvironment(
                    randomness: CountingNumbers(), clock: clock, account: StillTotals()))
            try card.reset()
        } catch {
            throw BrokenProperty(description: "a card starts: \(error)")
        }
    }

    typealias Images = (element: ElementImage, masterKey: MasterKeyImage?)

    /// What the card's memory holds.
    func images() throws(BrokenProperty) -> Images {
        do throws(MemoryError) {
            if let known, known.commits == memory.commits { return known.images }
            let images = try ValueCard.images(in: memory)
            known = (memory.commits, images)
            return images
        } catch {
            throw BrokenProperty(description: "a card's memory can be read: \(error)")
        }
    }

    /// Sends a command.
    ///
    /// - Returns: the answer; nil after a loss of power, when the card has been started again.
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

    /// No key may be in the card's answers, nor in their plaintext.
    func look(_ bytes: [UInt8]) throws(BrokenProperty) {
        try hold(!Scene.secrets.finds(in: bytes), "no answer holds a key")
    }
}

/// A memory that counts commits, so that changes can be detected.
final class CountingMemory: NonVolatileMemory {
    private let memory: VolatileMemory
    /// How many commits were tried.
    private(set) var commits = 0

    init(_ memory: VolatileMemory) { self.memory = memory }

    func load() throws(MemoryError) -> [RecordName: [UInt8]] { try memory.load() }

    func commit(_ changes: [RecordChange]) throws(MemoryError) {
        commits += 1
        try memory.commit(changes)
    }
}

/// Distinct numbers, the same in every run.
final class CountingNumbers: RandomSource {
    private var count: UInt8 = 0
    func block() throws(CryptoError) -> AESBlock {
        count &+= 1
        return AESBlock(InlineArray<16, UInt8>(repeating: count))
    }
}

/// A clock that can be set.
final class SetClockOnly: ElementClock {
    private(set) var now = Timestamp(rawValue: 1_000)
    func set(to time: Timestamp) { now = time }
}

/// Parses an answer.
private func response(_ bytes: [UInt8]) throws(BrokenProperty) -> ResponseAPDU {
    try hold((2...258).contains(bytes.count), "an answer is a status word and at most 256 bytes")
    do throws(APDUError) {
        return try ResponseAPDU(bytes)
    } catch {
        throw BrokenProperty(description: "\(error)")
    }
}

/// Of a meter that has used nothing.
private struct StillTotals: MeteredTotals {
    let totals = MeteredValue()
}
