public import ValueProtocol

/// The last report on each line to a meter, for a host that connects after it was made.
public struct LineBook: Sendable, Hashable {
    /// The line to one meter.
    public struct Line: Sendable, Hashable {
        /// Its quality as reported last; nil if it never was.
        public internal(set) var quality: UnitReport.LineQuality?
        /// Why the meter does not answer; nil if it does.
        public internal(set) var quiet: UnitReport.Presence?
    }

    private var lines: [PartyID: Line] = [:]

    public init() {}

    /// The line to a meter; nil if nothing was reported of it.
    public subscript(meter: PartyID) -> Line? { lines[meter] }
    /// The meters that do not answer.
    public var quiet: [PartyID] { lines.filter { $0.value.quiet != nil }.keys.sorted() }

    /// Takes what was reported; what is not of one meter's line is passed over.
    public mutating func record(_ content: UnitReport.Content) {
        switch content {
        case .quality(let quality): lines[quality.meter, default: Line()].quality = quality
        case .quiet(let meter, let cause): lines[meter, default: Line()].quiet = cause
        case .back(let meter, _): lines[meter]?.quiet = nil
        case .meters(let roster): for meter in roster.gone { lines[meter] = nil }
        case .otherMeter, .otherUnit, .attack, .lost: break
        }
    }

    /// What is known of the lines to these meters, as reports.
    public func reports(of meters: [PartyID]) -> [UnitReport.Content] {
        meters.flatMap { meter -> [UnitReport.Content] in
            guard let line = lines[meter] else { return [] }
            return (line.quality.map { [.quality($0)] } ?? []) + (line.quiet.map { [.quiet(meter, $0)] } ?? [])
        }
    }
}
