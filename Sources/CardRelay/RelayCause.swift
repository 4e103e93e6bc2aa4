/// Why a connection ended, in words fit for people: TLS libraries say it with their own files and lines.
struct RelayCause: Error, CustomStringConvertible {
    let description: String

    init(_ error: any Error) {
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
