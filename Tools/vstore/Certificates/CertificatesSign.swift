import ArgumentParser
import NetworkIdentity
import ValueProtocol

struct CertificatesSign: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Make a key and a certificate for a host, an area unit or a local unit.",
        discussion: """
            The certificate names the party by its identifier, and by the names and addresses under which those below \
            dial it: a host and an area unit need one, a local unit is not dialled. The folder is that of the \
            authority; the files there are named by the identifier. No file is overwritten.

              vstore certificates sign network 00A1B2C3-30-000001 --for host \\
                  --address host.example
              vstore certificates sign network 00A1B2C3-41-000005 --for area-unit \\
                  --address 10.0.5.1
              vstore certificates sign network 00A1B2C3-40-000311 --for local-unit
            """)

    /// Whom a certificate is for.
    enum Role: String, ExpressibleByArgument, CaseIterable {
        case host
        case areaUnit = "area-unit"
        case localUnit = "local-unit"

        var role: NetworkName.Role {
            switch self {
            case .host: .host
            case .areaUnit: .areaUnit
            case .localUnit: .localUnit
            }
        }
    }

    @Argument(help: ArgumentHelp("The folder of the authority.", valueName: "folder"))
    var folder: String

    @Argument(help: ArgumentHelp("The party's identifier.", valueName: "id"), transform: PartyID.argument)
    var id: PartyID

    @Option(name: .customLong("for"), help: ArgumentHelp("What the party is.", valueName: "kind"))
    var role: Role

    @Option(name: .long, help: ArgumentHelp("A host name or address by which it is dialled.", valueName: "address"))
    var address: [String] = []

    @Option(name: .long, help: "Days for which the certificate is valid.")
    var days: Int = 365

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard (1...3650).contains(days) else { throw ValidationError("--days \(days): give 1 to 3650.") }
        guard id.kind.rawValue == role.role.rawValue else {
            throw ValidationError("\(id) is of kind \(id.kind), but --for says \(role.rawValue).")
        }
        guard role.role.serves != address.isEmpty else {
            throw ValidationError(
                role.role.serves
                    ? "Give --address: a \(id.kind) is dialled by those below it." : "A local unit is not dialled.")
        }
    }

    mutating func run() throws {
        guard let name = NetworkName(rawValue: id.rawValue) else { throw ValidationError("\(id) is no unit.") }
        let made = try IdentityAuthority(existingIn: folder)
            .issue(NewIdentity(of: name, addresses: address, days: days))
        let serial = try PeerCertificate(file: made.certificate).serial
        common.console.output(
            [
                "for": .text(role.rawValue), "id": .text("\(id)"), "serial": .text(serial),
                "certificate": .text(made.certificate), "key": .text(made.key), "authority": .text(made.authority),
            ],
            ["\(id.kind) \(id): \(made.certificate), \(made.key), \(made.authority)"])
    }
}
