internal import COpenSSL

/// Makes the certificates that both ends of a relay prove themselves with: an authority, and what it signs (RFC 5280).
///
/// `authority.pem` goes to both ends. `authority.key` signs: it stays where it was made, and is needed again for another
/// client alone. No file is ever written over.
public struct RelayAuthority: Sendable {
    /// Where the files lie.
    public let folder: String
    private let certificate: Certificate
    private let key: PrivateKey

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
            guard let keyText = try PEMFile.read(keyPath) else { throw RelayAuthorityError(.unreadable, keyPath) }
            key = try PrivateKey(pem: keyText, keyPath)
            certificate = try Certificate(pem: pem, certificatePath)
        } else {
            key = try PrivateKey()
            certificate = try Certificate(
                subject: "relay authority", key: key, days: days,
                extensions: [
                    (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"), (NID_key_usage, "critical,keyCertSign"),
                    (NID_subject_key_identifier, "hash"),
                ],
                signedBy: nil)
            try PEMFile.write(try key.pem(), to: keyPath, isSecret: true)
            try PEMFile.write(try certificate.pem(), to: certificatePath, isSecret: false)
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
        // A name goes into a certificate's extension and a file's name as it is.
        guard !name.isEmpty, (name + file).utf8.allSatisfy({ RelayAuthority.nameBytes.contains($0) }), !file.isEmpty,
            !file.hasPrefix("."), name.utf8.count <= 64
        else { throw RelayAuthorityError(.badName, name) }
        let path = "\(folder)/\(file)"
        let ownKey = try PrivateKey()
        let isAddress = name.contains(":") || name.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
        let own = try Certificate(
            subject: name, key: ownKey, days: days,
            extensions: [
                (NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical,digitalSignature"),
                (NID_ext_key_usage, use.rawValue), (NID_subject_alt_name, "\(isAddress ? "IP" : "DNS"):\(name)"),
                (NID_subject_key_identifier, "hash"), (NID_authority_key_identifier, "keyid"),
            ], signedBy: (certificate, key))
        try PEMFile.write(try ownKey.pem(), to: "\(path).key", isSecret: true)
        try PEMFile.write(try own.pem(), to: "\(path).pem", isSecret: false)
        return RelayCredentials(
            certificate: "\(path).pem", key: "\(path).key", authority: "\(folder)/authority.pem")
    }

    private static let nameBytes = Set(
        Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:".utf8))
}
