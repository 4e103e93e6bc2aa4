import ArgumentParser
import NetworkIdentity
import ValueProtocol

struct CertificatesRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Add a certificate to a list of those that are not accepted any more.",
        discussion: """
            The list is a text file with one serial number per line. Hosts and area units that have it read it for each \
            connection: a connection that exists is not cut.

              vstore certificates revoke network/revoked.txt network/00A1B2C3-41-000005.pem
            """)

    @Argument(help: ArgumentHelp("The list; created if it does not exist.", valueName: "list"), completion: .file())
    var list: String

    @Argument(help: ArgumentHelp("The certificate, in PEM.", valueName: "certificate"), completion: .file())
    var certificate: String

    @OptionGroup var common: ProgramOptions

    mutating func run() throws {
        let revoked = try PeerCertificate(file: certificate)
        let isNew = try RevocationList(list).revoke(revoked)
        common.console.output(
            [
                "list": .text(list), "serial": .text(revoked.serial),
                "id": revoked.unit.map { .text("\($0)") } ?? .null, "isNew": .truth(isNew),
            ],
            [
                isNew
                    ? "\(certificate), serial number \(revoked.serial), is in \(list)."
                    : "\(certificate), serial number \(revoked.serial), was in \(list) already."
            ])
    }
}
