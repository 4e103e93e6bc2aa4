/// The table of the audit trail's signed roots; rows are only added.
public enum AuditRootSchema {
    /// - Parameters:
    ///   - integer: the type of a column of 64 bits.
    ///   - bytes: the type of a column of bytes.
    ///   - suffix: what ends the definition of a table.
    public static func table(integer: String, bytes: String, suffix: String = "") -> String {
        """
        -- heads are AuditHead.bytes, one behind another.
        CREATE TABLE audit_root (
            number \(integer) NOT NULL PRIMARY KEY,
            time \(integer) NOT NULL,
            previous \(bytes) NOT NULL,
            heads \(bytes) NOT NULL,
            signature \(bytes) NOT NULL
        )\(suffix);

        """
    }
}
