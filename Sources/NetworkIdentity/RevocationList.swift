internal import DurableFiles
internal import SystemPackage

/// The serial numbers of certificates that are not accepted any more: a text file with one per line, in hexadecimal. What follows
/// a `#` is a remark.
///
/// It is read whenever it is asked, so that a certificate is refused from the next connection on.
public struct RevocationList: Sendable, Hashable {
    public let path: String

    /// - Parameter path: of the file. Where it does not exist, nothing is revoked.
    public init(_ path: String) { self.path = path }

    /// The most bytes of a list: about 20,000 certificates.
    public static let maxBytes = 1 << 20

    /// - Throws: `IdentityError` `.unreadable` or `.notSerials`: then nobody can say who is revoked.
    public func contains(_ certificate: PeerCertificate) throws(IdentityError) -> Bool {
        try serials().contains(certificate.serial)
    }

    /// The serial numbers, as ``PeerCertificate/serial`` writes them.
    public func serials() throws(IdentityError) -> Set<String> {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try AtomicFile(at: FilePath(file: path)).read(atMost: Self.maxBytes)
        } catch {
            if error.code == .missing { return [] }
            throw IdentityError(.unreadable, path, cause: error)
        }
        return try Self.parse(bytes, path)
    }

    private static func parse(_ bytes: [UInt8], _ path: String) throws(IdentityError) -> Set<String> {
        var serials: Set<String> = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let words = line.prefix { $0 != UInt8(ascii: "#") }
                .split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            guard let word = words.first else { continue }
            // Some programs print them with colons.
            var digits = String(decoding: word, as: UTF8.self).uppercased().replacing(":", with: "")[...]
            guard words.count == 1,
                digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x46).contains($0) })
            else { throw IdentityError(.notSerials, path) }
            digits = digits.drop { $0 == "0" }
            serials.insert(digits.isEmpty ? "0" : String(digits))
        }
        return serials
    }

    /// Adds a certificate.
    ///
    /// - Returns: false where it is in the list already.
    /// - Throws: `IdentityError` `.unreadable`, `.notSerials`, `.unwritable`.
    @discardableResult
    public func revoke(_ certificate: PeerCertificate) throws(IdentityError) -> Bool {
        var lines: [UInt8] = []
        do throws(FileError) {
            lines = try AtomicFile(at: FilePath(file: path)).read(atMost: Self.maxBytes)
        } catch {
            guard error.code == .missing else { throw IdentityError(.unreadable, path, cause: error) }
        }
        guard try !Self.parse(lines, path).contains(certificate.serial) else { return false }
        if let last = lines.last, last != UInt8(ascii: "\n") { lines.append(UInt8(ascii: "\n")) }
        lines += Array("\(certificate.serial)\(certificate.unit.map { " # \($0)" } ?? "")\n".utf8)
        do throws(FileError) {
            try AtomicFile(at: FilePath(file: path)).replace(with: lines)
        } catch {
            throw IdentityError(.unwritable, path, cause: error)
        }
        return true
    }
}
