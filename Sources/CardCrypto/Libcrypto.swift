/// Stops the program where a libcrypto call fails that can fail only when memory is exhausted.
@inline(__always) func requireMemory(_ result: CInt) {
    precondition(result == 1, "libcrypto has no memory left")
}

extension UnsafeRawBufferPointer {
    /// The bytes as libcrypto reads them.
    var octets: UnsafePointer<UInt8>? { unsafe bindMemory(to: UInt8.self).baseAddress }
}
