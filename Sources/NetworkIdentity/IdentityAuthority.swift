import DurableFiles
internal import X509

/// The files with which one side of a connection authenticates: its certificate, the key to it, and the authority that it
/// trusts. All in PEM.
public struct IdentityFiles: Sendable, Hashable {
    /// The certificate chain of this side, its own certificate first.
    public let certificate: String
    /// The private key.
    public let key: String
    /// The certificate of the authority that must have signed the peer's.
    public let authority: String

    public init(certificate: String, key: String, authority: String) {
        (self.certificate, self.key, self.authority) = (certificate, key, authority)
    }
}

/// What a certificate is to say.
public struct NewIdentity: Sendable, Hashable {
    /// The purpose of a certificate (RFC 5280, 4.2.1.12).
    public enum Use: String, Sendable, Hashable {
        /// Its holder is dialled.
        case server = "serverAuth"
        /// Its holder dials.
        case client = "clientAuth"

        var usage: ExtendedKeyUsage.Usage { self == .server ? .serverAuth : .clientAuth }
    }

    /// The subject's common name; at most 64 bytes.
    public let name: String
    /// The unit, if it is one.
    public let unit: NetworkName?
    /// Host names and addresses by which it is dialled.
    public let addresses: [String]
    public let uses: [Use]
    public let days: Int

    /// A certificate for the holder of a name.
    public init(_ name: String, addresses: [String], uses: [Use], days: Int = 365) {
        (self.name, unit, self.addresses, self.uses, self.days) = (name, nil, addresses, uses, days)
    }

    /// A certificate for a host or a unit, for what it does: a host is dialled, a local unit dials, an area unit does both.
    ///
    /// - Parameters:
    ///   - unit: its name.
    ///   - addresses: host names and addresses by which it is dialled.
    ///   - days: its validity.
    public init(of unit: NetworkName, addresses: [String] = [], days: Int = 365) {
        let uses: [Use] = (unit.role.serves ? [.server] : []) + (unit.role.dials ? [.client] : [])
        self.init(of: unit, addresses: addresses, uses: uses, days: days)
    }

    /// A certificate for other uses than those of the unit.
    package init(of unit: NetworkName, addresses: [String], uses: [Use], days: Int) {
        (name, self.unit, self.addresses, self.uses, self.days) = ("\(unit)", unit, addresses, uses, days)
    }
}

/// Creates the certificates with which machines authenticate to each other: an authority, and what it signs (RFC 5280), all
/// with keys of P-256.
///
/// `authority.pem` goes to every machine. `authority.key` signs: it stays where it was created. No file is ever overwritten,
/// and only their owner can read keys.
public struct IdentityAuthority: Sendable {
    /// The folder of the files.
    public let folder: String
    private let authority: CertifiedKey

    /// Opens the authority of a folder, or creates one there.
    ///
    /// - Parameters:
    ///   - folder: an existing folder.
    ///   - subject: the common name of a new authority.
    ///   - days: validity of a new authority.
    /// - Throws: `IdentityError`.
    public init(in folder: String, subject: String = "authority", days: Int = 3650) throws(IdentityError) {
        guard let found = try Self.open(folder) else {
            authority = try CertifiedKey.authority(subject, days: days)
            self.folder = folder
            let (certificate, key) = Self.paths(folder)
            try PEMFile.write(try authority.keyPEM(), to: key, isSecret: true)
            try PEMFile.write(try authority.certificatePEM(), to: certificate, isSecret: false)
            return
        }
        self.folder = folder
        authority = found
    }

    /// Opens the authority of a folder.
    ///
    /// - Throws: `IdentityError`; `.missing` where the folder has none.
    public init(existingIn folder: String) throws(IdentityError) {
        guard let found = try Self.open(folder) else {
            throw IdentityError(.missing, Self.paths(folder).certificate)
        }
        self.folder = folder
        authority = found
    }

    /// Whether a folder has an authority.
    public static func exists(in folder: String) throws(IdentityError) -> Bool { try open(folder) != nil }

    private static func paths(_ folder: String) -> (certificate: String, key: String) {
        ("\(folder)/authority.pem", "\(folder)/authority.key")
    }

    private static func open(_ folder: String) throws(IdentityError) -> CertifiedKey? {
        let (certificatePath, keyPath) = paths(folder)
        guard let pem = try PEMFile.read(certificatePath) else { return nil }
        guard let keyPEM = try PEMFile.read(keyPath) else { throw IdentityError(.keyMissing, keyPath) }
        return try CertifiedKey(certificate: (pem, certificatePath), key: (keyPEM, keyPath))
    }

    /// Creates a certificate and its key, `NAME.pem` and `NAME.key`.
    ///
    /// - Parameters:
    ///   - identity: what the certificate says.
    ///   - file: the files' name without extension; by default the identity's name.
    /// - Returns: the files of that side.
    /// - Throws: `IdentityError`.
    public func issue(_ identity: NewIdentity, file: String? = nil) throws(IdentityError) -> IdentityFiles {
        let file = file ?? identity.name
        guard !identity.name.isEmpty, SubjectName.isAllowed(identity.name + file), !file.isEmpty,
            !file.hasPrefix("."), identity.name.utf8.count <= 64
        else { throw IdentityError(.badName, identity.name) }
        for address in identity.addresses {
            guard !address.isEmpty, SubjectName.isAllowed(address) else { throw IdentityError(.badName, address) }
        }
        guard identity.unit != nil || !identity.addresses.isEmpty else { throw IdentityError(.badName, identity.name) }
        let path = "\(folder)/\(file)"
        let own = try authority.issue(identity)
        try PEMFile.write(try own.keyPEM(), to: "\(path).key", isSecret: true)
        try PEMFile.write(try own.certificatePEM(), to: "\(path).pem", isSecret: false)
        return IdentityFiles(
            certificate: "\(path).pem", key: "\(path).key", authority: Self.paths(folder).certificate)
    }
}
