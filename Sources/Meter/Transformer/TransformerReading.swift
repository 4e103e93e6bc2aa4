public import Metrology
internal import ValueElement
public import ValueProtocol

/// The readings of a local unit's meter.
public struct TransformerReading: Sendable, Hashable {
    public let id: PartyID
    public let state: LifeCycle
    /// From the transformer to the branch since manufacture, per phase.
    public let imported: [Energy]
    /// From the branch to the transformer since manufacture, per phase.
    public let exported: [Energy]
    /// Whether the clock was lost and has not been set since.
    public let isTimeUnknown: Bool
    /// Phases, counted from 1, that carried more than they can measure in this hour or the one before.
    public let exceededPhases: [Int]
}

extension TransformerMeter {
    /// The present readings; no authentication needed.
    public var reading: TransformerReading {
        TransformerReading(
            id: id, state: card.element?.image.state ?? .blank, imported: registers.channels.map(\.imported),
            exported: registers.channels.map(\.exported), isTimeUnknown: registers.isTimeUnknown,
            exceededPhases: registers.channels.indices
                .filter { registers.marks.exceeded & 1 << UInt8($0) != 0 }.map { $0 + 1 })
    }

    /// The time by the unit's own clock.
    public var time: Timestamp { clock.now }

    /// The usage records of a series (protocol §6), oldest first; for each open period its content so far. `spent` is
    /// always 0.
    ///
    /// - Parameters:
    ///   - series: any but events and meter status.
    ///   - from: inclusive.
    ///   - to: inclusive.
    public func usage(
        _ series: UsageSeries, from: Timestamp = Timestamp(rawValue: 0), to: Timestamp = Timestamp(rawValue: .max)
    ) -> [UsageRecord] {
        log.usage(series, from: from, to: to)
    }

    /// The number of events since manufacture.
    public var eventCount: Int { Int(registers.events) }

    /// The events in order of occurrence.
    ///
    /// - Parameters:
    ///   - from: inclusive.
    ///   - to: inclusive.
    public func events(
        from: Timestamp = Timestamp(rawValue: 0), to: Timestamp = Timestamp(rawValue: .max)
    ) -> [EventRecord] {
        log.events.events(from: from, to: to)
    }
}
