internal import COpenSSL

/// A key of NIST P-256.
@safe final class PrivateKey: @unchecked Sendable {
    // Never changed after init, and freed in deinit alone.
    fileprivate let handle: OpaquePointer

    /// Makes one.
    init() throws(RelayAuthorityError) {
        guard let handle = unsafe vs_p256_key() else { throw RelayAuthorityError(.cryptography, "a key") }
        unsafe self.handle = unsafe handle
    }

    /// Reads one.
    init(pem: [UInt8], _ path: String) throws(RelayAuthorityError) {
        guard let source = unsafe BIO_new_mem_buf(pem, CInt(pem.count)) else {
            throw RelayAuthorityError(.cryptography, path)
        }
        defer { unsafe BIO_free(source) }
        guard let handle = unsafe PEM_read_bio_PrivateKey(source, nil, nil, nil) else {
            throw RelayAuthorityError(.unreadable, path)
        }
        unsafe self.handle = unsafe handle
    }

    deinit { unsafe EVP_PKEY_free(handle) }

    /// PKCS 8 in PEM.
    func pem() throws(RelayAuthorityError) -> [UInt8] {
        try unsafe written { sink in unsafe PEM_write_bio_PrivateKey(sink, handle, nil, nil, 0, nil, nil) }
    }
}

/// A certificate of X.509, version 3 (RFC 5280).
@safe final class Certificate: @unchecked Sendable {
    // Never changed after init, and freed in deinit alone.
    private let handle: OpaquePointer

    /// Reads one.
    init(pem: [UInt8], _ path: String) throws(RelayAuthorityError) {
        guard let source = unsafe BIO_new_mem_buf(pem, CInt(pem.count)) else {
            throw RelayAuthorityError(.cryptography, path)
        }
        defer { unsafe BIO_free(source) }
        guard let handle = unsafe PEM_read_bio_X509(source, nil, nil, nil) else {
            throw RelayAuthorityError(.unreadable, path)
        }
        unsafe self.handle = unsafe handle
    }

    /// Makes one, good from a minute ago on; signed by itself where no issuer is given.
    init(
        subject: String, key: PrivateKey, days: Int, extensions: [(nid: CInt, value: String)],
        signedBy issuer: (certificate: Certificate, key: PrivateKey)?
    ) throws(RelayAuthorityError) {
        guard let handle = unsafe X509_new() else { throw RelayAuthorityError(.cryptography, subject) }
        unsafe self.handle = unsafe handle
        let issuerHandle = unsafe issuer?.certificate.handle ?? handle
        var serial: UInt64 = 0
        var isGood = randomNumber(&serial)
        unsafe isGood = isGood && X509_set_version(handle, 2) == 1
        // A serial is positive, and of 64 bits it is as good as unique.
        unsafe isGood = isGood && ASN1_INTEGER_set_uint64(X509_get_serialNumber(handle), serial >> 1 | 1) == 1
        unsafe isGood = isGood && X509_gmtime_adj(X509_getm_notBefore(handle), -60) != nil
        unsafe isGood = isGood && X509_gmtime_adj(X509_getm_notAfter(handle), days * 86_400) != nil
        unsafe isGood = isGood && X509_set_pubkey(handle, key.handle) == 1
        let name = unsafe X509_get_subject_name(handle)
        unsafe isGood =
            isGood
            && X509_NAME_add_entry_by_txt(name, "CN", 0x1000, Array(subject.utf8), CInt(subject.utf8.count), -1, 0) == 1
        unsafe isGood = isGood && X509_set_issuer_name(handle, X509_get_subject_name(issuerHandle)) == 1
        for (nid, value) in extensions {
            var context = unsafe X509V3_CTX()
            unsafe X509V3_set_ctx(&context, issuerHandle, handle, nil, nil, 0)
            guard let made = unsafe X509V3_EXT_conf_nid(nil, &context, nid, value) else {
                throw RelayAuthorityError(.badName, subject)
            }
            unsafe isGood = isGood && X509_add_ext(handle, made, -1) == 1
            unsafe X509_EXTENSION_free(made)
        }
        unsafe isGood = isGood && X509_sign(handle, (issuer?.key ?? key).handle, EVP_sha256()) > 0
        guard isGood else { throw RelayAuthorityError(.cryptography, subject) }
    }

    deinit { unsafe X509_free(handle) }

    /// In PEM.
    func pem() throws(RelayAuthorityError) -> [UInt8] {
        try unsafe written { sink in unsafe PEM_write_bio_X509(sink, handle) }
    }
}

private func randomNumber(_ number: inout UInt64) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 8)
    guard unsafe RAND_bytes(&bytes, 8) == 1 else { return false }
    number = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    return true
}

/// What `write` puts into a sink in memory.
private func written(_ write: (OpaquePointer) -> CInt) throws(RelayAuthorityError) -> [UInt8] {
    guard let sink = unsafe BIO_new(BIO_s_mem()) else { throw RelayAuthorityError(.cryptography, "PEM") }
    defer { unsafe BIO_free(sink) }
    guard unsafe write(sink) == 1 else { throw RelayAuthorityError(.cryptography, "PEM") }
    var bytes = [UInt8](repeating: 0, count: 8_192)
    let count = unsafe BIO_read(sink, &bytes, CInt(bytes.count))
    guard count > 0 else { throw RelayAuthorityError(.cryptography, "PEM") }
    return Array(bytes.prefix(Int(count)))
}
