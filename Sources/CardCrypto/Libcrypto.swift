/// Stops the program where a libcrypto call fails that fails only when memory is exhausted, as any allocation would.
@inline(__always) func requireMemory(_ result: CInt) {
    precondition(result == 1, "libcrypto has no memory left")
}

extension UnsafeRawBufferPointer {
    /// Where libcrypto reads the bytes.
    var octets: UnsafePointer<UInt8>? { unsafe bindMemory(to: UInt8.self).baseAddress }
}
