public import CardCrypto
internal import DurableFiles
public import Records
internal import SystemPackage
import ValueProtocol

/// The host's master keys in a file, sealed under a passphrase.
///
/// Without the passphrase the file reveals only how many keys it contains, and cannot be altered undetected.
public struct SealedKeyFile: Sendable {
    public let path: String
    /// Larger than any key file: five purposes of 256 versions are 23 kB.
    private static let maxBytes = 64 << 10

    public init(at path: String) { self.path = path }

    /// Seals `keys` into a new file, readable by its owner only.
    ///
    /// - Parameters:
    ///   - keys: the host's.
    ///   - passphrase: opens the file again.
    ///   - cost: the cost of a guess at the passphrase, stored in the file.
    /// - Throws: `HostError` `.fileExists`, `.noFile` (the folder), `.fileUnreachable`, `.diskFull`, `.cipherFailed`.
    public func create(
        _ keys: HostKeys, passphrase: Secret, cost: ScryptCost = .standard
    ) throws(HostError) {
        let sealed = try KeySealing.seal(keys.sealable(), passphrase, cost)
        try onFile { () throws(FileError) in try AtomicFile(at: FilePath(file: path)).create(sealed) }
    }

    /// Seals `keys` into the file atomically, replacing its contents, with a new salt and nonce.
    ///
    /// - Throws: as `create`, except `.fileExists`.
    public func replace(
        with keys: HostKeys, passphrase: Secret, cost: ScryptCost = .standard
    ) throws(HostError) {
        let sealed = try KeySealing.seal(keys.sealable(), passphrase, cost)
        try onFile { () throws(FileError) in try AtomicFile(at: FilePath(file: path)).replace(with: sealed) }
    }

    /// Opens the file.
    ///
    /// - Throws: `HostError` `.noFile`, `.notAKeyFile`, `.fileNewer`, and `.notAuthentic` for both a wrong passphrase
    ///   and an altered file.
    public func open(passphrase: Secret) throws(HostError) -> HostKeys {
        let bytes = try onFile { () throws(FileError) in
            try AtomicFile(at: FilePath(file: path)).read(atMost: Self.maxBytes)
        }
        guard let keys = HostKeys(sealable: try KeySealing.open(bytes, passphrase, path)) else {
            throw HostError(.notAuthentic, path)
        }
        return keys
    }

    private func onFile<Value>(_ body: () throws(FileError) -> Value) throws(HostError) -> Value {
        do throws(FileError) {
            return try body()
        } catch {
            if error.code == .tooLarge { throw HostError(.notAKeyFile, path, cause: error.reason) }
            throw HostError(error)
        }
    }
}

extension HostKeys {
    /// `PID ‖ audit key 32 ‖ (purpose ‖ version ‖ key 16)*`
    fileprivate func sealable() -> Secret {
        var bytes: [UInt8] = []
        // Capacity for all of it at once: reallocation would leave copies of keys behind.
        bytes.reserveCapacity(40 + 18 * masters.count)
        bytes.append(pid)
        unsafe auditKey.withBytes { unsafe bytes.append(contentsOf: $0) }
        for (name, master) in masters.sorted(by: { $0.key < $1.key }) {
            bytes.append(name)
            unsafe master.withBytes { unsafe bytes.append(contentsOf: $0) }
        }
        return Secret(taking: &bytes)
    }

    fileprivate convenience init?(sealable text: Secret) {
        var bytes = unsafe text.withBytes { unsafe [UInt8]($0) }
        defer { Secret.wipe(&bytes) }
        guard bytes.count >= 40, (bytes.count - 40).isMultiple(of: 18) else { return nil }
        let pid = PartyID(rawValue: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
        self.init(pid: pid, auditKey: Secret(copying: bytes[8..<40]))
        for start in stride(from: 40, to: bytes.count, by: 18) {
            guard let purpose = Purpose(rawValue: bytes[start]) else { return nil }
            hold(Secret(copying: bytes[(start + 2)..<(start + 18)]), as: KeyName(purpose, bytes[start + 1]))
        }
    }
}
