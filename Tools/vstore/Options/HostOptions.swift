import ArgumentParser

/// How the host is opened: its sealed keys and its records.
struct HostOptions: ParsableArguments {
    @OptionGroup var passphrase: PassphraseOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The PostgreSQL database of the records: once, at the first use.",
            discussion: "As postgresql://host/name. The folder remembers it; without it the records are a file there.",
            valueName: "address"))
    var database: String?
}
