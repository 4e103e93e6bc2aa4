import ArgumentParser
import CardRelay

/// The certificate of one end of a relay, and the authority that it trusts.
struct RelayCertificateOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("This end's certificate for a relay, in PEM.", valueName: "file"),
        completion: .file())
    var certificate: String?

    @Option(name: .long, help: ArgumentHelp("The certificate's private key.", valueName: "file"), completion: .file())
    var key: String?

    @Option(
        name: .long, help: ArgumentHelp("The authority that signed the other end's certificate.", valueName: "file"),
        completion: .file())
    var authority: String?

    /// - Throws: `ValidationError` where one of the three is missing, or they are not needed.
    func check(areNeeded: Bool) throws {
        let given = [certificate, key, authority].compactMap(\.self).count
        guard areNeeded || given == 0 else {
            throw ValidationError("--certificate, --key and --authority are for --remote.")
        }
        guard !areNeeded || given == 3 else {
            throw ValidationError("A relay needs --certificate, --key and --authority, all three.")
        }
    }

    func credentials() throws -> RelayCredentials {
        guard let certificate, let key, let authority else {
            throw Failure(.usage, "A relay needs --certificate, --key and --authority, all three.")
        }
        return RelayCredentials(certificate: certificate, key: key, authority: authority)
    }
}
