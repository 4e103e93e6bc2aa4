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
    /// C7: input and output of data; either side can pull it low; otherwise it is high.
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
