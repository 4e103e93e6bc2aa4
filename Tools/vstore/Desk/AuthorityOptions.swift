import ArgumentParser
import CardIO
import Issuing
import ValueProtocol

/// Which keys are used: the host's sealed ones, or those of a master-key card.
struct AuthorityOptions: ParsableArguments {
    @OptionGroup var hostOptions: HostOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Use an emulated master-key card's keys instead of the host's sealed ones.", valueName: "file"),
        completion: .file())
    var master: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Use the keys of the master-key card in this reader.", valueName: "reader"),
        completion: ReaderCompletion.kind)
    var masterReader: String?

    @Option(name: .long, help: ArgumentHelp("The custodian who gives the master-key card's PIN.", valueName: "1-8"))
    var custodian: UInt8 = 1

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Read the PIN from a file, - being standard input; else it is asked for.", valueName: "file"),
        completion: .file())
    var pinFile: String?

    func validate() throws {
        guard master == nil || masterReader == nil else {
            throw ValidationError("Give --master or --master-reader, not both.")
        }
        guard KeyCustodian(rawValue: custodian) != nil else {
            throw ValidationError("\(custodian) is not a custodian. Custodians are 1 to 8.")
        }
    }

    /// Where the master-key card is; nil where the host's own keys are used.
    func location(_ common: ProgramOptions) throws -> CardLocation? {
        if let master {
            return CardLocation(CardFileSource(try common.homeFolder.card(master)), tracer: try common.tracer())
        }
        return try masterReader.map { CardLocation(ReaderSource(ReaderQuery($0)), tracer: try common.tracer()) }
    }

    /// The custodian's PIN, asked for before the card is locked.
    func pin() throws -> PIN {
        try PIN(try SecretSource(pinFile, option: "--pin-file").line("PIN of custodian \(custodian)"))
    }
}
