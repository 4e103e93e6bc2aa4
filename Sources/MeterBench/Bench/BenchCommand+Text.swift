internal import Meter
internal import ValueProtocol

extension BenchCommand {
    /// A short summary of the command syntax.
    public static let syntax = """
        load [CHANNEL] WATTS [COSPHI|-COSPHI], profile, channel N on|off, relay N stuck|free, card in [FILE], card out, \
        redeem [AMOUNT], emergency, page balance|power|use|tariff|debt|transfer|message|channel N, \
        key 0 to 9|cancel|enter, bypass on|off, cover open|closed, magnet on|off, surge, sag FACTOR, \
        power on|off|fails, speed N|max, wait DURATION, show, quit
        """

    /// Parses a command in text form; `#` begins a comment.
    ///
    /// - Parameter line: one line of text.
    /// - Returns: nil for a line without a command.
    /// - Throws: `BenchError` `.notACommand`.
    public static func parse(_ line: some StringProtocol) throws(BenchError) -> BenchCommand? {
        let text = line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
        let words = text.split(whereSeparator: \.isWhitespace).map { String($0) }
        guard let first = words.first else { return nil }
        guard let found = BenchCommand(words: first.lowercased(), Array(words.dropFirst())) else {
            throw BenchError(.notACommand, "'\(line)'")
        }
        return found
    }

    /// Parses a script, one command per line.
    ///
    /// - Throws: `BenchError` `.notACommand`, whose subject includes the line number.
    public static func script(_ text: some StringProtocol) throws(BenchError) -> [BenchCommand] {
        var commands: [BenchCommand] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            do {
                if let command = try parse(line) { commands.append(command) }
            } catch {
                throw BenchError(error.code, "line \(index + 1), \(error.subject)")
            }
        }
        return commands
    }

    private init?(words first: String, _ rest: [String]) {
        switch (first, rest.count) {
        case ("load", 1...3):
            guard let load = BenchCommand.load(rest) else { return nil }
            self = load
        case ("channel", 2):
            guard let number = Int(rest[0]), (1...8).contains(number), ["on", "off"].contains(rest[1]) else {
                return nil
            }
            self = .channel(number - 1, isOn: rest[1] == "on")
        case ("relay", 2):
            guard let number = Int(rest[0]), (1...8).contains(number), ["stuck", "free"].contains(rest[1]) else {
                return nil
            }
            self = .relay(number - 1, isStuck: rest[1] == "stuck")
        case ("page", 1...2):
            guard let page = BenchCommand.page(rest) else { return nil }
            self = .page(page)
        case ("key", 1):
            guard let key = BenchCommand.key(rest[0]) else { return nil }
            self = .key(key)
        case ("card", 1...2):
            switch (rest[0], rest.count) {
            case ("in", _): self = .insertCard(rest.count == 2 ? rest[1] : nil)
            case ("out", 1): self = .removeCard
            default: return nil
            }
        case ("redeem", 0): self = .redeem(.all)
        case ("redeem", 1):
            guard let amount = Amount(rest[0]) else { return nil }
            self = .redeem(amount)
        case ("bypass", 1), ("magnet", 1), ("cover", 1), ("power", 1):
            guard let command = BenchCommand.setting(first, rest[0]) else { return nil }
            self = command
        case ("sag", 1):
            guard let factor = Double(rest[0]), (0...2).contains(factor) else { return nil }
            self = .sag(factor)
        case ("speed", 1):
            guard let speed = SimulationSpeed(parsing: rest[0]) else { return nil }
            self = .speed(speed)
        case ("wait", 1):
            guard let duration = SimulatedDuration(parsing: rest[0]) else { return nil }
            self = .wait(duration)
        default:
            guard rest.isEmpty, let command = BenchCommand.plain[first] else { return nil }
            self = command
        }
    }

    private static let plain: [String: BenchCommand] = [
        "emergency": .emergency, "profile": .profile, "surge": .surge, "show": .show, "quit": .quit,
    ]

    private static func page(_ words: [String]) -> DisplayPage? {
        if words.count == 2 {
            guard words[0] == "channel", let number = Int(words[1]), (1...8).contains(number) else { return nil }
            return .channel(number)
        }
        let pages: [String: DisplayPage] = [
            "balance": .balance, "power": .power, "use": .use, "tariff": .tariff, "debt": .debt, "transfer": .transfer,
            "message": .message,
        ]
        return pages[words[0]]
    }

    private static func key(_ word: String) -> Keypad.Key? {
        switch word {
        case "cancel": return .cancel
        case "enter": return .enter
        default:
            guard word.count == 1, let digit = UInt8(word), digit <= 9 else { return nil }
            return .digit(digit)
        }
    }

    private static func setting(_ subject: String, _ value: String) -> BenchCommand? {
        switch (subject, value) {
        case ("bypass", "on"): .bypass(true)
        case ("bypass", "off"): .bypass(false)
        case ("magnet", "on"): .magnet(true)
        case ("magnet", "off"): .magnet(false)
        case ("cover", "open"): .cover(true)
        case ("cover", "closed"): .cover(false)
        case ("power", "on"): .power(true, withLastGasp: true)
        case ("power", "off"): .power(false, withLastGasp: true)
        case ("power", "fails"): .power(false, withLastGasp: false)
        default: nil
        }
    }

    /// `1500`, `1500 0.9`, `2 1500 -0.9`: a channel's number is a small integer followed by watts.
    private static func load(_ words: [String]) -> BenchCommand? {
        let numbers = words.compactMap(Double.init)
        guard numbers.count == words.count else { return nil }
        let (channel, watts, factor): (Double, Double, Double)
        switch numbers.count {
        case 1: (channel, watts, factor) = (1, numbers[0], 1)
        case 2 where abs(numbers[1]) <= 1: (channel, watts, factor) = (1, numbers[0], numbers[1])
        case 2: (channel, watts, factor) = (numbers[0], numbers[1], 1)
        default: (channel, watts, factor) = (numbers[0], numbers[1], numbers[2])
        }
        guard let index = Int(exactly: channel), (1...8).contains(index), abs(watts) <= Load.maxWatts,
            (0.01...1).contains(abs(factor))
        else { return nil }
        return .load(channel: index - 1, watts: watts, powerFactor: factor)
    }
}
