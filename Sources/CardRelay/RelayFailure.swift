/// Why a connection to a relay failed or ended, as readable text: TLS libraries report their own files and lines. The
/// cause of a `CardError` with code `.readerUnavailable`.
public struct RelayFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
    /// Whether it was connected: the card is then reset, and whether a command in progress was executed is unknown.
    public let isConnected: Bool

    init(_ error: any Error, isConnected: Bool) {
        self.isConnected = isConnected
        let text = "\(error)"
        // OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at …
        if let found = text.firstRange(of: "OPENSSL_internal:") {
            let reason = text[found.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            description = "TLS: " + reason.lowercased().replacing("_", with: " ")
        } else if error is RelayFrameReader.Malformed {
            description = "it does not keep to the relay's messages"
        } else if text.contains("Connection refused") {
            description = "connection refused"
        } else {
            description = text.count > 120 ? "\(text.prefix(120))…" : text
        }
    }
}
