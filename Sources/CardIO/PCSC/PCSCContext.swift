import CPCSC
import ISO7816

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A connection to the PC/SC service, released with the value.
///
/// The service serializes the calls of a context, so every card and every watcher has its own.
struct PCSCContext: ~Copyable {
    let handle: SCARDCONTEXT

    /// After this many attempts a refusal is taken as final.
    private static let maxAttempts = 5
    /// Pause between two attempts, in microseconds: a service that is ending closes its connections one after the
    /// other.
    private static let pause: UInt32 = 10_000

    init() throws(CardError) {
        var handle = SCARDCONTEXT()
        let result = Self.establish(&handle)
        try check(result, "SCardEstablishContext", "PC/SC service")
        _ = ProcessEnd.isWatched
        self.handle = handle
    }

    /// A service that refuses this user accepts the connection and closes it, and so does one that is just ending; the
    /// error tells only how much of the request was sent. On a retry, a restarted service answers, an ended one no
    /// longer listens, and one that refuses closes the connection again.
    private static func establish(_ handle: inout SCARDCONTEXT) -> LONG {
        for _ in 0..<maxAttempts {
            let result = unsafe SCardEstablishContext(DWORD(SCARD_SCOPE_SYSTEM), nil, nil, &handle)
            guard mayBeRefusal(result), let isServed = ServiceSocket.isServed else { return result }
            if !isServed { return long(SCARD_E_NO_SERVICE) }
            usleep(pause)
        }
        return long(SCARD_W_SECURITY_VIOLATION)
    }

    private static func mayBeRefusal(_ result: LONG) -> Bool {
        [SCARD_W_SECURITY_VIOLATION, SCARD_F_COMM_ERROR, SCARD_E_NO_SERVICE].contains { long($0) == result }
    }

    deinit {
        let handle = handle
        ProcessEnd.unlessEnding { SCardReleaseContext(handle) }
    }

    /// The names of the readers, in the service's order.
    func readers() throws(CardError) -> [String] {
        while true {
            var count = DWORD(0)
            let first = unsafe SCardListReaders(handle, nil, nil, &count)
            if first == long(SCARD_E_NO_READERS_AVAILABLE) { return [] }
            try check(first, "SCardListReaders", "PC/SC service")
            var names = [CChar](repeating: 0, count: Int(count))
            let second = unsafe SCardListReaders(handle, nil, &names, &count)
            if second == long(SCARD_E_NO_READERS_AVAILABLE) { return [] }
            // A reader arrived between the two calls.
            if second == long(SCARD_E_INSUFFICIENT_BUFFER) { continue }
            try check(second, "SCardListReaders", "PC/SC service")
            return names.prefix(Int(count)).split(separator: 0).map { name in
                String(decoding: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
    }

    /// Maximum number of readers that the service has, and accepts in one call (PCSCLITE_MAX_READERS_CONTEXTS).
    private static let maxReaderCount = 16

    /// Waits until any reader's state differs from the known one, at most `milliseconds`, and returns all states.
    ///
    /// For readers beyond the 16th it returns the known states. So the notification entry for new readers may come
    /// after 16 readers: no other reader can arrive then, and the removal of one shows in its own state.
    ///
    /// - Throws: `CardError`, `.deadlineExceeded` where nothing changed, `.cancelled` after `cancel()`.
    func states(
        of readers: [(name: String, known: UInt32)], milliseconds: UInt32
    ) throws(CardError) -> [ReaderState] {
        let asked = readers.prefix(Self.maxReaderCount)
        var states = unsafe asked.map { reader in
            var state = unsafe SCARD_READERSTATE()
            unsafe state.szReader = unsafe UnsafePointer(duplicate(reader.name))
            unsafe state.dwCurrentState = DWORD(reader.known)
            return unsafe state
        }
        defer {
            for index in asked.indices { unsafe UnsafeMutablePointer(mutating: states[index].szReader)?.deallocate() }
        }
        let count = unsafe DWORD(states.count)
        let result = unsafe states.withUnsafeMutableBufferPointer { states in
            unsafe SCardGetStatusChange(handle, DWORD(milliseconds), states.baseAddress, count)
        }
        try check(result, "SCardGetStatusChange", "PC/SC service")
        let results = unsafe zip(asked, states).map { reader, state in
            let answerToReset = unsafe withUnsafeBytes(of: state.rgbAtr) { unsafe Array($0.prefix(Int(state.cbAtr))) }
            return ReaderState(
                reader: reader.name, rawValue: UInt32(truncatingIfNeeded: unsafe state.dwEventState),
                answerToReset: answerToReset)
        }
        return results
            + readers.dropFirst(asked.count).map { ReaderState(reader: $0.name, rawValue: $0.known, answerToReset: []) }
    }

    /// Ends a wait of another thread in `states`.
    func cancel() { SCardCancel(handle) }
}

/// The zero-terminated bytes of `text`, to be deallocated by the caller.
private func duplicate(_ text: String) -> UnsafeMutablePointer<CChar> {
    let bytes = text.utf8CString
    let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: bytes.count)
    _ = unsafe copy.initialize(from: bytes)
    // The capacity is at least 1, so there is an address.
    return copy.baseAddress!
}
