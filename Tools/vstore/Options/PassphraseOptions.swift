import ArgumentParser

/// How the host's sealed keys and its records are opened.
struct PassphraseOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Read the passphrase of the host's keys from a file, - being standard input.",
            discussion: "Else from that of vstore config, else it is asked for.", valueName: "file"),
        completion: .file())
    var passphraseFile: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The PostgreSQL database of the records: once, at the first use.",
            discussion: "As postgresql://host/name. The folder remembers it; without it the records are a file there.",
            valueName: "address"))
    var database: String?

    var source: SecretSource {
        SecretSource(passphraseFile ?? Configuration.current[.passphraseFile], option: "--passphrase-file")
    }
}
