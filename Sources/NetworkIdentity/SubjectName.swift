internal import SwiftASN1
internal import X509

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The name of one side of a connection, as allowed in a certificate and in a file name.
enum SubjectName {
    private static let allowed = Set(
        Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:".utf8))

    /// Whether `text` may be part of a name: it goes into a certificate and a file name unchanged.
    static func isAllowed(_ text: String) -> Bool { text.utf8.allSatisfy(allowed.contains) }

    /// The subject alternative name (RFC 5280, 4.2.1.6): an address, or a host name.
    ///
    /// - Throws: `IdentityError` `.badName` for what looks like an address but is not valid.
    static func alternative(_ name: String) throws(IdentityError) -> GeneralName {
        let isVersion6 = name.contains(":")
        guard isVersion6 || name.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }) else {
            return .dnsName(name)
        }
        var address = [UInt8](repeating: 0, count: isVersion6 ? 16 : 4)
        guard unsafe inet_pton(isVersion6 ? AF_INET6 : AF_INET, name, &address) == 1 else {
            throw IdentityError(.badName, name)
        }
        return .ipAddress(ASN1OctetString(contentBytes: address[...]))
    }
}
