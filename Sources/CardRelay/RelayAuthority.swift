import DurableFiles

/// Creates the certificates with which both sides of a relay authenticate: an authority, and what it signs (RFC 5280).
///
/// `authority.pem` goes to both sides. `authority.key` signs: it stays where it was created, and is needed again only
/// for another client. No file is ever overwritten.
public struct RelayAuthority: Sendable {
    /// The folder of the files.
    public let folder: String
    private let authority: CertifiedKey

    /// The use of a certificate.
    public enum Use: String, Sendable {
        /// For the machine with the reader; its name is the one by which clients reach it.
        case server = "serverAuth"
        /// For a machine that uses it.
        case client = "clientAuth"
    }

    /// Opens the authority of a folder, or creates one there.
    ///
    /// - Parameters:
    ///   - folder: an existing folder.
    ///   - days: validity of a new authority.
    /// - Throws: `RelayAuthorityError`.
    public init(in folder: String, days: Int = 3650) throws(RelayAuthorityError) {
        self.folder = folder
        let (certificatePath, keyPath) = ("\(folder)/authority.pem", "\(folder)/authority.key")
        if let pem = try PEMFile.read(certificatePath) {
            guard let keyPEM = try PEMFile.read(keyPath) else { throw RelayAuthorityError(.keyMissing, keyPath) }
            authority = try CertifiedKey(certificate: (pem, certificatePath), key: (keyPEM, keyPath))
        } else {
            authority = try CertifiedKey.authority(days: days)
            try PEMFile.write(try authority.keyPEM(), to: keyPath, isSecret: true)
            try PEMFile.write(try authority.certificatePEM(), to: certificatePath, isSecret: false)
        }
    }

    /// Creates a certificate and its key, `NAME.pem` and `NAME.key`.
    ///
    /// - Parameters:
    ///   - name: a host name, an address, or a client's name.
    ///   - use: of the certificate.
    ///   - file: the files' name without extension; by default `name`.
    ///   - days: its validity.
    /// - Returns: the credentials of that side.
    /// - Throws: `RelayAuthorityError`.
    public func issue(
        _ name: String, for use: Use, file: String? = nil, days: Int = 365
    ) throws(RelayAuthorityError) -> RelayCredentials {
        let file = file ?? name
        guard !name.isEmpty, SubjectName.isAllowed(name + file), !file.isEmpty, !file.hasPrefix("."),
            name.utf8.count <= 64
        else { throw RelayAuthorityError(.badName, name) }
        let path = "\(folder)/\(file)"
        let own = try authority.issue(name, SubjectName.alternative(name), for: use, days: days)
        try PEMFile.write(try own.keyPEM(), to: "\(path).key", isSecret: true)
        try PEMFile.write(try own.certificatePEM(), to: "\(path).pem", isSecret: false)
        return RelayCredentials(
            certificate: "\(path).pem", key: "\(path).key", authority: "\(folder)/authority.pem")
    }
}
