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

    private var all: RelayCredentials? {
        let settings = Configuration.current
        guard let certificate = certificate ?? settings[.relayCertificate], let key = key ?? settings[.relayKey],
            let authority = authority ?? settings[.relayAuthority]
        else { return nil }
        return RelayCredentials(certificate: certificate, key: key, authority: authority)
    }

    /// - Throws: `ValidationError` where one of the three is missing, or they are not needed.
    func check(areNeeded: Bool) throws {
        guard areNeeded || certificate == nil && key == nil && authority == nil else {
            throw ValidationError("--certificate, --key and --authority are for --remote.")
        }
        if areNeeded { _ = try credentials() }
    }

    /// Of the options, else of the settings.
    func credentials() throws -> RelayCredentials {
        guard let all else {
            // What a faulty file says is not known.
            if let fault = Configuration.fault { throw fault }
            throw ValidationError(
                "A relay needs --certificate, --key and --authority, all three, or their settings of vstore config.")
        }
        return all
    }
}
