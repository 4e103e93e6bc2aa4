public import CardCrypto
public import Records
import ValueProtocol

extension RecordFile {
    /// Opens a record file, or creates it if there is none.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - auditKey: as for `create(at:auditKey:)`.
    /// - Throws: `HostError` as `open(at:auditKey:)` and `create(at:auditKey:)`, except `.noFile` for the file itself.
    public static func openOrCreate(at path: String, auditKey: Secret?) throws(HostError) -> RecordFile {
        do throws(HostError) {
            return try open(at: path, auditKey: auditKey)
        } catch {
            guard error.code == .noFile else { throw error }
            do throws(HostError) {
                return try create(at: path, auditKey: auditKey)
            } catch {
                // Another program was first.
                guard error.code == .fileExists else { throw error }
                return try open(at: path, auditKey: auditKey)
            }
        }
    }
}
