public import NetworkIdentity

/// Creates the certificates with which both sides of a relay authenticate: an authority, and what it signs (RFC 5280).
///
/// `authority.pem` goes to both sides. `authority.key` signs: it stays where it was created, and is needed again only
/// for another client. No file is ever overwritten.
public struct RelayAuthority: Sendable {
    /// The folder of the files.
    public var folder: String { authority.folder }
    private let authority: IdentityAuthority

    /// The use of a certificate.
    public enum Use: String, Sendable {
        /// For the machine with the reader; its name is the one by which clients reach it.
        case server = "serverAuth"
        /// For a machine that uses it.
        case client = "clientAuth"

        var identityUse: NewIdentity.Use { self == .server ? .server : .client }
    }

    /// Opens the authority of a folder, or creates one there.
    ///
    /// - Parameters:
    ///   - folder: an existing folder.
    ///   - days: validity of a new authority.
    /// - Throws: `IdentityError`.
    public init(in folder: String, days: Int = 3650) throws(IdentityError) {
        authority = try IdentityAuthority(in: folder, subject: "relay authority", days: days)
    }

    /// Creates a certificate and its key, `NAME.pem` and `NAME.key`.
    ///
    /// - Parameters:
    ///   - name: a host name, an address, or a client's name.
    ///   - use: of the certificate.
    ///   - file: the files' name without extension; by default `name`.
    ///   - days: its validity.
    /// - Returns: the credentials of that side.
    /// - Throws: `IdentityError`.
    public func issue(
        _ name: String, for use: Use, file: String? = nil, days: Int = 365
    ) throws(IdentityError) -> RelayCredentials {
        let files = try authority.issue(
            NewIdentity(name, addresses: [name], uses: [use.identityUse], days: days), file: file)
        return RelayCredentials(certificate: files.certificate, key: files.key, authority: files.authority)
    }
}
