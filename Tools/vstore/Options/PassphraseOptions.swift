import ArgumentParser

/// How the host's sealed keys are opened.
struct PassphraseOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Read the passphrase of the host's keys from a file, - being standard input.",
            discussion: "Else from that of vstore config, else it is asked for.", valueName: "file"),
        completion: .file())
    var passphraseFile: String?

    var source: SecretSource {
        SecretSource(passphraseFile ?? Configuration.current[.passphraseFile], option: "--passphrase-file")
    }
}
