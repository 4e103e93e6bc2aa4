public import ArgumentParser
public import HeadEnd

extension MeterAddress: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

/// Which meters, and how they are contacted.
struct MeterAddressOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Where meters are: tcp:HOST:PORT or serial:PATH[@SPEED], with EID@ before it to refuse any other.",
            valueName: "meter"), transform: MeterAddress.argument)
    var addresses: [MeterAddress] = []

    @Option(
        name: .long,
        help: ArgumentHelp("A file with one meter per line: its identifier and its address.", valueName: "file"),
        completion: .file())
    var meters: String?

    @Option(name: .long, help: ArgumentHelp("How many meters to contact at once.", valueName: "1-64"))
    var atOnce = 8

    @Option(
        name: .long, help: ArgumentHelp("How long a meter may take for one command.", valueName: "seconds"),
        transform: WholeNumber.seconds)
    var timeout = 20

    func validate() throws {
        guard (1...64).contains(atOnce) else { throw ValidationError("--at-once \(atOnce): 1 to 64.") }
    }

    /// Whether every one on the command line has its identifier; those of a file do.
    var allHaveIdentifiers: Bool { addresses.allSatisfy { $0.meter != nil } }

    /// Whether any was named.
    var isEmpty: Bool { addresses.isEmpty && meters == nil }

    /// Those of the command line, then those of the file.
    func all() throws -> MeterList {
        var all = addresses
        if let meters { all += try MeterList.parse(try TextFile.read(meters), name: meters) }
        guard !all.isEmpty else {
            throw ValidationError("Name a meter, as in tcp:HOST:PORT, or a file of them with --meters.")
        }
        return try MeterList(all)
    }

    /// The batch of these meters.
    ///
    /// - Parameter toSlot: whether the cards in the meters' slots are meant.
    func batch(_ host: HostContext, _ common: ProgramOptions, toSlot: Bool = false) throws -> MeterBatch {
        let tracer = try common.tracer()
        return MeterBatch(
            try all(), of: host, atOnce: atOnce, timeout: .seconds(timeout), toSlot: toSlot,
            observe: { line, address in tracer?.trace(line, name: "\(address)") ?? line })
    }
}
