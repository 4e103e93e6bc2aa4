public import ISO7816

/// Why the host could not do what it was asked for, and what to do about it.
///
/// What an element or the host's own rules refuse is no error but a `CreditOutcome`. Two errors are equal when their
/// codes are.
public struct HostError: DiagnosticError {
    public typealias Code = ErrorCode<HostError>

    public let code: Code
    /// The file, element or transaction concerned.
    public let subject: String
    /// The error beneath, where there is one.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}

/// Of files.
extension HostError.Code {
    /// Nothing is there.
    public static var noFile: Self {
        Self("there is no such file", remedy: "Check the path, or create the file first.")
    }
    /// A file must not be written over.
    public static var fileExists: Self { Self("a file is there already", remedy: "Choose another path.") }
    /// The file cannot be reached, read or written.
    public static var fileUnreachable: Self {
        Self("the file cannot be reached", remedy: "Check its folder, its owner and its permissions.")
    }
    /// No room is left.
    public static var diskFull: Self {
        Self("the disk is full", remedy: "Make room and repeat; nothing was half written.")
    }
    /// Some other file.
    public static var notARecordFile: Self { Self("this is no record file", remedy: "Name the host's record file.") }
    /// A later program wrote it.
    public static var fileNewer: Self {
        Self("a newer version of this program wrote the file", remedy: "Use that version, or a later one.")
    }
    /// Another process is writing.
    public static var locked: Self {
        Self("another process holds the file locked", remedy: "Wait for it or end it, and repeat.")
    }
    /// Its pages or entries are damaged.
    public static var corrupt: Self {
        Self("the file is damaged", remedy: "Keep it as it is, and go back to the last backup.")
    }
    /// The audit key does not fit.
    public static var wrongAuditKey: Self {
        Self("the audit trail is kept under another key", remedy: "Open it with the key file that it was created with.")
    }
    /// The audit trail was rewritten, or the records differ from it.
    public static var auditBroken: Self {
        Self(
            "the audit trail does not hold", remedy: "Somebody changed the file: compare it with a backup and receipts."
        )
    }
    /// Some other file.
    public static var notAKeyFile: Self { Self("this is no sealed key file", remedy: "Name the host's key file.") }
    /// A sealed file does not open.
    public static var notAuthentic: Self {
        Self(
            "the file does not open",
            remedy: "The passphrase is wrong, or the file was altered: try again, or a backup.")
    }
    /// libcrypto cannot serve.
    public static var cipherFailed: Self {
        Self("libcrypto failed", remedy: "Free memory, or install OpenSSL 3.0 or later, and repeat.")
    }
}

/// Of transactions.
extension HostError.Code {
    /// No session could be had; nothing was written or sent.
    public static var noSession: Self { Self("no session could be opened", remedy: "Mend the cause and repeat.") }
    /// The authority did not seal the order, so that nothing was sent.
    public static var notSealed: Self {
        Self("the authority did not seal the order; nothing was sent", remedy: "Mend the cause and repeat the order.")
    }
    /// EXECUTE may have left and no good answer came.
    public static var inDoubt: Self {
        Self("the outcome is in doubt", remedy: "It is found out by itself at the next contact with this element.")
    }
    /// STATUS could not be asked.
    public static var stillInDoubt: Self {
        Self("what is in doubt could not be found out yet", remedy: "Repeat with the same element.")
    }
    /// A transaction is in doubt, and none can be begun beside it.
    public static var openTransaction: Self {
        Self(
            "a transaction with this element is open",
            remedy: "Contact the element once; where it cannot be had any more, a person decides: vstore card decide.")
    }
    /// No such transaction.
    public static var noSuchTransaction: Self {
        Self("no such transaction is recorded", remedy: "List the transactions.")
    }
    /// The transaction's state does not allow it.
    public static var notToDecide: Self {
        Self("this is not for a person to decide", remedy: "Contact the element; only what it cannot tell is decided.")
    }
    /// The reference means another order.
    public static var otherOrder: Self {
        Self("this reference was given to another order", remedy: "Give each order a reference of its own.")
    }
    /// HTXN has come to its end.
    public static var numbersUsedUp: Self {
        Self("no transaction number is left for this element", remedy: "Replace the element.")
    }
    /// Sums leave what 64 bits hold, or a purse is said to spend more than it got.
    public static var booksBroken: Self {
        Self("the books do not add up", remedy: "Verify the audit trail and compare the receipts.")
    }
    /// Standing does not allow it.
    public static var wrongStanding: Self {
        Self("the element's standing does not allow this", remedy: "See its standing in the records.")
    }
}
