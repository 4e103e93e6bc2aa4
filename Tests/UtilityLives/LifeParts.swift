import Meter
import Synchronization
import TestWorlds
import ValueElement
import ValueProtocol

/// A card, and what the utility did with it.
final class LifeCard {
    let card: TestCard
    var eid: PartyID { card.eid }
    /// The meters that draw from its purses, by their order in the utility.
    var slots: [UtilityService: Int]
    var fate = CardFate.inUse
    /// Of its keys, after its last rotation.
    var keyVersion: UInt8 = 0

    init(_ card: TestCard, slots: [UtilityService: Int]) {
        self.card = card
        self.slots = slots
    }
}

enum CardFate: Equatable {
    case inUse
    /// Blocked in the reader, or reported lost and somewhere.
    case blocked, lost
    /// Another has its value; a lost one may still be used at its meter.
    case replaced(wasLost: Bool)
}

/// An off-line meter.
final class LifeMeter {
    let meter: TestGasMeter
    let eid: PartyID
    let service: UtilityService
    var keyVersion: UInt8 = 1

    init(_ meter: TestGasMeter, _ eid: PartyID, _ service: UtilityService) {
        (self.meter, self.eid, self.service) = (meter, eid, service)
    }
}

/// An electric meter.
final class LifeElectricMeter {
    let meter: TestElectricMeter
    var eid: PartyID { meter.eid }
    var keyVersion: UInt8 = 1

    init(_ meter: TestElectricMeter) { self.meter = meter }
}

/// Something with a power that can be cut.
enum LifePart {
    case card(TestCard)
    case meter(LifeMeter)
    case electricMeter(LifeElectricMeter)

    var power: FailureSwitch {
        switch self {
        case .card(let card): card.power
        case .meter(let meter): meter.meter.power
        case .electricMeter(let meter): meter.meter.power
        }
    }

    func powerUp() throws {
        switch self {
        case .card(let card): try card.insertAgain()
        case .meter(let meter): try meter.meter.powerUp()
        case .electricMeter(let meter): try meter.meter.powerUp()
        }
    }
}

/// The time of day.
final class LifeClock: Sendable {
    private let time = Atomic<UInt32>(TestElectricMeter.monday)

    var now: Timestamp { Timestamp(rawValue: time.load(ordering: .relaxed)) }

    func pass(_ seconds: UInt32) { time.wrappingAdd(seconds, ordering: .relaxed) }
}
