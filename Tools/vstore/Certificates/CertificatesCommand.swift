import ArgumentParser

struct CertificatesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificates",
        abstract: "Make the certificates with which hosts, area units and local units authenticate to each other.",
        discussion: """
            For the two ends of a card relay, vstore apdu relay certificates makes them.
            """,
        subcommands: [CertificatesMakeAuthority.self, CertificatesSign.self, CertificatesRevoke.self])
}
