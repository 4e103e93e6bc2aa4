public import ISO7816

/// Why certificates of a relay cannot be made.
public struct RelayAuthorityError: DiagnosticError {
    public typealias Code = ErrorCode<RelayAuthorityError>

    public let code: Code
    /// The file or name concerned.
    public let subject: String
    /// What the system says, where it says something.
    public let detail: String

    init(_ code: Code, _ subject: String, detail: String = "") {
        self.code = code
        self.subject = subject
        self.detail = detail
    }
}

extension RelayAuthorityError.Code {
    /// There is a file of that name already.
    public static var exists: Self { Self("is there already", remedy: "Move it away, or choose another name.") }
    /// The file cannot be written.
    public static var unwritable: Self { Self("cannot be written", remedy: "Check the folder, and who may write it.") }
    /// The file is no certificate or key in PEM, or its partner is missing.
    public static var unreadable: Self {
        Self("is no certificate or key in PEM", remedy: "authority.pem and authority.key belong together; bring both.")
    }
    /// A name that no certificate can have.
    public static var badName: Self {
        Self("is no name for a certificate", remedy: "Give a host's name, an address, or letters, digits and dashes.")
    }
    /// libcrypto refused.
    public static var cryptography: Self {
        Self("could not be made by libcrypto", remedy: "Check the installation of OpenSSL 3.")
    }
}
