internal import Meter
internal import ValueProtocol

extension BenchCommand {
    /// The commands of a terminal's keys; capital letters have none.
    public static let keys: [Character: BenchCommand] = [
        "0": .key(.digit(0)), "1": .key(.digit(1)), "2": .key(.digit(2)), "3": .key(.digit(3)), "4": .key(.digit(4)),
        "5": .key(.digit(5)), "6": .key(.digit(6)), "7": .key(.digit(7)), "8": .key(.digit(8)), "9": .key(.digit(9)),
        "*": .key(.cancel), "\u{7F}": .key(.cancel), "\u{08}": .key(.cancel),
        "#": .key(.enter), "\r": .key(.enter), "\n": .key(.enter),
        "t": .channel(0, isOn: nil), "u": .channel(1, isOn: nil), "w": .relay(0, isStuck: nil), "e": .emergency,
        "+": .changeLoad(factor: 1.25),
        "-": .changeLoad(factor: 0.8), "p": .profile,
        "c": .toggleCard, "r": .redeem(.all), "b": .bypass(nil), "o": .cover(nil), "m": .magnet(nil), "s": .surge,
        "v": .sag(nil), "x": .power(nil, withLastGasp: true), "k": .power(nil, withLastGasp: false),
        "f": .changeSpeed(factor: 4), "g": .changeSpeed(factor: 0.25), "q": .quit,
    ]
}
