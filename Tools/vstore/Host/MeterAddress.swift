import ArgumentParser
import PowerLine
import ValueProtocol

/// A meter on a line: `ADDRESS` or `EID@ADDRESS`.
struct MeterAddress: Sendable, Hashable, ExpressibleByArgument, CustomStringConvertible {
    /// The meter that must be there; nil for whichever is.
    let meter: PartyID?
    let address: LineAddress

    init(meter: PartyID?, address: LineAddress) {
        self.meter = meter
        self.address = address
    }

    init?(argument: String) {
        if let address = LineAddress(argument) {
            self.init(meter: nil, address: address)
        } else {
            let parts = argument.split(separator: "@", maxSplits: 1)
            guard parts.count == 2, let meter = PartyID(parts[0]), let address = LineAddress(parts[1]) else {
                return nil
            }
            self.init(meter: meter, address: address)
        }
    }

    var description: String { meter.map { "\($0)@\(address)" } ?? "\(address)" }
}

/// Which meters, and how they are gone round.
struct MeterPlaceOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Where meters are: tcp:HOST:PORT or serial:PATH[@SPEED], with EID@ before it to refuse any other.",
            valueName: "meter"))
    var places: [MeterAddress] = []

    @Option(
        name: .long,
        help: ArgumentHelp("A file with a meter a line: its identifier and its address.", valueName: "file"),
        completion: .file())
    var meters: String?

    @Option(name: .long, help: ArgumentHelp("How many meters are worked with at once.", valueName: "1-64"))
    var atOnce = 8

    @Option(name: .long, help: ArgumentHelp("How long a meter may take for one command.", valueName: "seconds"))
    var patience = 20

    func validate() throws {
        guard (1...64).contains(atOnce) else { throw ValidationError("--at-once \(atOnce): 1 to 64.") }
        guard (1...3600).contains(patience) else { throw ValidationError("--patience \(patience): 1 to 3600 seconds.") }
    }

    /// Whether every one on the command line has its identifier; those of a file do.
    var allHaveIdentifiers: Bool { places.allSatisfy { $0.meter != nil } }

    /// Whether any was named.
    var isEmpty: Bool { places.isEmpty && meters == nil }

    /// Those of the command line, then those of the file; each once.
    func all() throws -> [MeterAddress] {
        var all = places
        if let meters { all += try MeterPlaceOptions.list(try TextFile.read(meters), of: meters) }
        guard !all.isEmpty else {
            throw ValidationError("Name a meter, as in tcp:HOST:PORT, or a file of them with --meters.")
        }
        var seen: Set<LineAddress> = []
        for place in all where !seen.insert(place.address).inserted {
            throw Failure(.usage, "\(place.address): it is named twice. A line leads to one meter: name it once.")
        }
        return all
    }

    /// Meters of a file: an identifier, blanks and an address a line; `#` begins a remark.
    static func list(_ text: String, of file: String) throws -> [MeterAddress] {
        try text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { number, line in
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard !words.isEmpty else { return nil }
            guard words.count == 2, let meter = PartyID(words[0]), let address = LineAddress(words[1]) else {
                throw Failure(
                    .file,
                    "\(file), line \(number + 1): no meter. Write an identifier and tcp:HOST:PORT or serial:PATH.")
            }
            return MeterAddress(meter: meter, address: address)
        }
    }
}
