public import ValueProtocol

/// A tariff table and its effective time: the content of a CONVERT TARIFF.
public struct TariffOrder: Sendable, Hashable {
    public let table: TariffTable
    /// By the meter's clock; a past time takes effect at once.
    public let effective: Timestamp

    public init(_ table: TariffTable, effective: Timestamp) {
        self.table = table
        self.effective = effective
    }

    /// Whether it orders what `earlier`, which a meter took at `then`, does: the same table for the same time, or for
    /// once.
    package func repeats(_ earlier: TariffOrder, takenAt then: Timestamp, now: Timestamp) -> Bool {
        table == earlier.table
            && (effective == earlier.effective || effective <= now && earlier.effective <= then)
    }
}

extension TariffOrder: CustomStringConvertible {
    public var description: String {
        let entries = table.entries.isEmpty ? "flat" : "\(table.entries.count) switches"
        return
            "table \(table.id), \(table.price.money(in: table.currency)), \(entries), effective \(effective.dateTime)"
    }
}

/// A table that waits to be sent to a meter, which has room for four that are not in force yet.
public struct QueuedTariff: Sendable, Hashable {
    public let table: TariffTable
    /// By the meter's clock.
    public let effective: Timestamp
    /// The caller's identifier of the order.
    public let reference: String?

    public init(_ table: TariffTable, effective: Timestamp, reference: String?) {
        self.table = table
        self.effective = effective
        self.reference = reference
    }

    public var order: TariffOrder { TariffOrder(table, effective: effective) }
}
