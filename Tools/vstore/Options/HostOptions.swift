import ArgumentParser

/// How the host is opened: its sealed keys and its records.
struct HostOptions: ParsableArguments {
    @OptionGroup var passphrase: PassphraseOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The PostgreSQL database of the records, or a file that spreads them over several: once, at the first use.",
            discussion: """
                As postgresql://host/name, or the path of a file with a line for each server: its number, its shards and \
                its address. The folder remembers it; without it the records are a file there.
                """,
            valueName: "address"))
    var database: String?

    func validate() throws {
        guard let database, Self.hasPassword(database) else { return }
        throw ValidationError(
            "--database has a password, which others can read from the command line. Write the address without it, and "
                + "put the password into ~/.pgpass.")
    }

    /// Whether a connection string has a password: in a URI behind the user, or as a value of its own.
    private static func hasPassword(_ address: String) -> Bool {
        if address.contains("password") { return true }
        guard let scheme = address.firstRange(of: "://") else { return false }
        let authority = address[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@") else { return false }
        return authority[..<at].contains(":")
    }
}
