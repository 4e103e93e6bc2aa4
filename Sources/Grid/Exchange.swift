public import ValueProtocol

/// One command APDU on its way from a host, through an area unit and a local unit, to a device of a meter, and what came back.
///
/// Units carry it; what is in it is sealed for the element and the host alone (protocol §3).
public struct Exchange: Sendable, Hashable {
    /// Who of a meter answers.
    public enum Device: UInt8, Sendable, Hashable, CaseIterable {
        /// The element: of a meter, or of the unit itself where `meter` names one.
        case element = 0
        /// The card in the meter's slot.
        case cardSlot = 1
    }

    /// What goes first.
    public enum Priority: UInt8, Sendable, Hashable, CaseIterable, Comparable {
        /// A person waits for it.
        case load = 0
        /// It finds out what became of an order.
        case recovery = 1
        case reading = 2

        /// The more urgent one is less.
        public static func < (left: Priority, right: Priority) -> Bool { left.rawValue < right.rawValue }
    }

    public let id: ExchangeID
    /// The meter; or the unit, whose element answers.
    public let meter: PartyID
    public let device: Device
    public let priority: Priority
    /// Until when it may be sent, since any fixed moment of who holds it. Between units it is the time that is left.
    public let deadline: Duration
    /// The command APDU, 1 to 65,544 bytes.
    public let command: [UInt8]

    public init(
        _ id: ExchangeID, with meter: PartyID, _ device: Device, _ priority: Priority,
        until deadline: Duration, command: [UInt8]
    ) {
        self.id = id
        self.meter = meter
        self.device = device
        self.priority = priority
        self.deadline = deadline
        self.command = command
    }
}

/// Which exchange: the process that asked for it, and its number there. It means the same in every unit, and is never used
/// again.
public struct ExchangeID: Sendable, Hashable, CustomStringConvertible {
    /// A random number of the process, drawn when it starts.
    public let origin: UInt64
    /// Counted from 1 by that process.
    public let number: UInt64

    public init(origin: UInt64, number: UInt64) {
        self.origin = origin
        self.number = number
    }

    public var description: String { "\(String(origin, radix: 16)).\(number)" }
}

/// What became of an exchange.
public enum ExchangeOutcome: Sendable, Hashable {
    /// The response APDU. One of no bytes: the command was delivered, and the element gave no answer.
    case answered([UInt8])
    /// The element has not received the command, and will not.
    case notSent(Cause)
    /// The element may have carried the command out, or may do so until the deadline.
    case perhapsDone(Cause)

    /// Why there is no answer. The numbers are those of the trunk's messages.
    public enum Cause: UInt8, Sendable, Hashable, CaseIterable {
        /// The meter does not answer on its line.
        case silent = 1
        /// The meter is not known on any line of this unit.
        case unknownMeter = 2
        /// No card is in the slot.
        case noCard = 3
        /// The deadline has passed.
        case late = 4
        /// The unit has no room for more.
        case full = 5
        /// The way to the unit is interrupted.
        case disconnected = 6
        /// The unit was restarted.
        case restarted = 7
        /// The host takes it back.
        case cancelled = 8
        /// Too many sessions were begun with the element that never showed a good answer.
        case sessions = 9
    }
}
