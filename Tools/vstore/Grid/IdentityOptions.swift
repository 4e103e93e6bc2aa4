import ArgumentParser
import NetworkIdentity

/// Who this side of a trunk is, and whom it believes.
struct IdentityOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The certificate of this side, as made by vstore certificates sign.", valueName: "file"),
        completion: .file())
    var certificate: String

    @Option(
        name: .long, help: ArgumentHelp("Its key; beside the certificate unless given.", valueName: "file"),
        completion: .file())
    var key: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The certificate of the authority of both sides; authority.pem beside the certificate unless given.",
            valueName: "file"), completion: .file())
    var authority: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A list of certificates that are not accepted any more.", valueName: "file"),
        completion: .file())
    var revocations: String?

    var files: IdentityFiles {
        let folder = certificate.lastIndex(of: "/").map { String(certificate[...$0]) } ?? ""
        let base = certificate.hasSuffix(".pem") ? String(certificate.dropLast(4)) : certificate
        return IdentityFiles(
            certificate: certificate, key: key ?? base + ".key", authority: authority ?? folder + "authority.pem")
    }

    var revocationList: RevocationList? { revocations.map { RevocationList($0) } }
}

/// An address and a port, as in `10.0.5.1:7800`; an IPv6 address is in brackets.
struct SocketAddress: Sendable, ExpressibleByArgument, CustomStringConvertible {
    let host: String
    let port: Int

    init(_ host: String, port: Int) { (self.host, self.port) = (host, port) }

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...])
        else { return nil }
        var host = argument[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        (self.host, self.port) = (String(host), Int(port))
    }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
