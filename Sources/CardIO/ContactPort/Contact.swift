/// The eight contacts of a card (ISO/IEC 7816-2, 5).
public enum Contact: Int, Sendable, CaseIterable {
    /// C1: supply.
    case vcc = 1
    /// C2: reset.
    case rst
    /// C3: clock.
    case clk
    /// C4: auxiliary, USB D+.
    case auxiliary1
    /// C5: ground.
    case gnd
    /// C6: standard or proprietary use, once the programming voltage.
    case spu
    /// C7: input and output of data; either side can pull it low, and it is high where neither does.
    case io
    /// C8: auxiliary, USB D−.
    case auxiliary2
}

extension Contact: CustomStringConvertible {
    public var description: String {
        let names = ["VCC", "RST", "CLK", "AUX1", "GND", "SPU", "I/O", "AUX2"]
        return "C\(rawValue) \(names[rawValue - 1])"
    }
}

/// The state of a contact that carries a signal.
public enum Level: Sendable, Hashable {
    /// State L.
    case low
    /// State H; of I/O: released, and high unless the other side pulls it low.
    case high
}

/// The levels that a card sees.
public struct ContactLevels: Sendable, Hashable {
    /// Whether VCC is on.
    public internal(set) var isPowered = false
    public internal(set) var rst = Level.low
    public internal(set) var clk = Level.low
    /// What the reader does with I/O: pulls it low, or lets it go.
    public internal(set) var io = Level.low
}
