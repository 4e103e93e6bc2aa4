import DurableFiles

/// Makes the certificates that both ends of a relay prove themselves with: an authority, and what it signs (RFC 5280).
///
/// `authority.pem` goes to both ends. `authority.key` signs: it stays where it was made, and is needed again for another
/// client alone. No file is ever written over.
public struct RelayAuthority: Sendable {
    /// Where the files lie.
    public let folder: String
    private let authority: CertifiedKey

    /// What a certificate is for.
    public enum Use: String, Sendable {
        /// Of the machine with the reader; the name is that by which clients reach it.
        case server = "serverAuth"
        /// Of a machine that uses it.
        case client = "clientAuth"
    }

    /// Opens the authority of a folder, or makes one there.
    ///
    /// - Parameters:
    ///   - folder: that exists.
    ///   - days: for which a new authority is good.
    /// - Throws: `RelayAuthorityError`.
    public init(in folder: String, days: Int = 3650) throws(RelayAuthorityError) {
        self.folder = folder
        let (certificatePath, keyPath) = ("\(folder)/authority.pem", "\(folder)/authority.key")
        if let pem = try PEMFile.read(certificatePath) {
            guard let keyPEM = try PEMFile.read(keyPath) else { throw RelayAuthorityError(.unreadable, keyPath) }
            authority = try CertifiedKey(certificate: (pem, certificatePath), key: (keyPEM, keyPath))
        } else {
            authority = try CertifiedKey.authority(days: days)
            try PEMFile.write(try authority.keyPEM(), to: keyPath, isSecret: true)
            try PEMFile.write(try authority.certificatePEM(), to: certificatePath, isSecret: false)
        }
    }

    /// Makes a certificate and its key, `NAME.pem` and `NAME.key`.
    ///
    /// - Parameters:
    ///   - name: a host's name, an address, or what a client is called.
    ///   - use: of the certificate.
    ///   - file: the files' name without ending; `name` where none is given.
    ///   - days: for which it is good.
    /// - Returns: what that end needs.
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
