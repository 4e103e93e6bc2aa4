import ArgumentParser
import CardIO

/// Which card: one in a reader, or an emulated one.
struct CardOptions: ParsableArguments {
    @Option(
        name: [.long, .short],
        help: ArgumentHelp(
            "The reader: its name, its number in the list, or a part of its name.",
            discussion: "Else $VSTORE_READER, the setting, or the only one that holds a card.", valueName: "reader"),
        completion: ReaderCompletion.kind)
    var reader: String?

    @Option(
        name: [.long, .short],
        help: ArgumentHelp(
            "An emulated card's memory file instead of a reader.",
            discussion: "A bare name is a card in DIR/cards of --home; a path has a /, as in ./card.", valueName: "file"
        ),
        completion: .file())
    var card: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The card in a reader of another machine, where vstore apdu relay serve runs.",
            discussion: "With --certificate, --key and --authority.", valueName: "host:port"),
        transform: RelayAddress.argument)
    var remote: RelayAddress?

    @OptionGroup var certificates: RelayCertificateOptions

    func validate() throws {
        try certificates.check(areNeeded: remote != nil)
        if remote != nil, reader != nil || card != nil {
            throw ValidationError("Give only one of --remote, --reader and --card.")
        }
        if reader != nil, card != nil {
            throw ValidationError("Give --reader or --card, not both.")
        }
    }

    /// Whether no card was named.
    var isEmpty: Bool { reader == nil && card == nil && remote == nil }

    func location(_ common: ProgramOptions) throws -> CardLocation { try location(common, tracer: try common.tracer()) }

    /// For a command that traces by itself.
    func location(
        untraced common: ProgramOptions, access: ReaderAccess = ReaderAccess()
    ) throws -> CardLocation {
        try location(common, tracer: nil, access: access)
    }

    func location(
        _ common: ProgramOptions, tracer: Tracer?, access: ReaderAccess = ReaderAccess()
    ) throws -> CardLocation {
        if let remote { return CardLocation(RelaySource(remote, try certificates.credentials()), tracer: tracer) }
        if let card { return CardLocation(CardFileSource(try common.homeFolder.card(card)), tracer: tracer) }
        return CardLocation(ReaderSource(.chosen(reader), access), tracer: tracer)
    }
}
