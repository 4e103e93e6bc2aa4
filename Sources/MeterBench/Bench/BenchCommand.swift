public import Meter
public import ValueProtocol

/// An action on a meter at a bench: by key, by a line of text, or by a program.
public enum BenchCommand: Sendable, Equatable {
    case page(DisplayPage)
    case emergency
    /// W and cos φ of a channel, counted from 0; negative cos φ leads.
    case load(channel: Int, watts: Double, powerFactor: Double)
    /// More or less load on all channels.
    case changeLoad(factor: Double)
    case profile
    /// A channel, counted from 0; nil toggles.
    case channel(Int, isOn: Bool?)
    /// Whether the contact of a channel's relay, counted from 0, is stuck; nil toggles.
    case relay(Int, isStuck: Bool?)
    case key(Keypad.Key)
    /// By its name, or the default card.
    case insertCard(String?)
    case removeCard
    case toggleCard
    case redeem(Amount)
    case bypass(Bool?)
    case cover(Bool?)
    case magnet(Bool?)
    case surge
    /// Factor of the voltage; nil toggles.
    case sag(Double?)
    /// Whether the meter has power; nil toggles.
    case power(Bool?, withLastGasp: Bool)
    /// From now on.
    case speed(SimulationSpeed)
    case changeSpeed(factor: Double)
    /// Until the next command of the script.
    case wait(SimulatedDuration)
    case show
    case quit
}
