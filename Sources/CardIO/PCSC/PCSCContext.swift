import CPCSC
import ISO7816

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A connection to the PC/SC service, released when the value goes.
///
/// The service works through the calls of one context one after the other, so every card and every watcher has its own.
struct PCSCContext: ~Copyable {
    let handle: SCARDCONTEXT

    /// After so many closed doors it is a refusal.
    private static let mostTries = 5
    /// Between two tries, in microseconds: a service that ends closes its doors one after the other.
    private static let pause: UInt32 = 10_000

    init() throws(CardError) {
        var handle = SCARDCONTEXT()
        let result = Self.establish(&handle)
        try check(result, "SCardEstablishContext", "PC/SC service")
        _ = ProcessEnd.isWatched
        self.handle = handle
    }

    /// A service that refuses this user takes the connection and closes it, and so does one that ends just now; the
    /// error tells only how much of the question had left. Asked again, one that was started again answers, at one that
    /// has ended nobody listens, and one that means it closes the door again.
    private static func establish(_ handle: inout SCARDCONTEXT) -> LONG {
        for _ in 0..<mostTries {
            let result = unsafe SCardEstablishContext(DWORD(SCARD_SCOPE_SYSTEM), nil, nil, &handle)
            guard mayBeClosedDoor(result), let isServed = ServiceSocket.isServed else { return result }
            if !isServed { return long(SCARD_E_NO_SERVICE) }
            usleep(pause)
        }
        return long(SCARD_W_SECURITY_VIOLATION)
    }

    private static func mayBeClosedDoor(_ result: LONG) -> Bool {
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
            // A reader came between the two calls.
            if second == long(SCARD_E_INSUFFICIENT_BUFFER) { continue }
            try check(second, "SCardListReaders", "PC/SC service")
            return names.prefix(Int(count)).split(separator: 0).map { name in
                String(decoding: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
    }

    /// The most readers that the service has, and takes in one call (PCSCLITE_MAX_READERS_CONTEXTS).
    private static let greatestReaderCount = 16

    /// Waits until a reader's state is no longer what is known of it, at most `milliseconds`, and gives all states.
    ///
    /// The states of readers beyond the 16th are those known. So the notification of readers that come may stand behind
    /// 16 readers: no other can come then, and of one that goes its own state tells.
    ///
    /// - Throws: `CardError`, `.deadlineExceeded` where nothing changed, `.cancelled` after `cancel()`.
    func states(
        of readers: [(name: String, known: UInt32)], milliseconds: UInt32
    ) throws(CardError) -> [ReaderState] {
        let asked = readers.prefix(Self.greatestReaderCount)
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
        let told = unsafe zip(asked, states).map { reader, state in
            let answerToReset = unsafe withUnsafeBytes(of: state.rgbAtr) { unsafe Array($0.prefix(Int(state.cbAtr))) }
            return ReaderState(
                reader: reader.name, rawValue: UInt32(truncatingIfNeeded: unsafe state.dwEventState),
                answerToReset: answerToReset)
        }
        return told
            + readers.dropFirst(asked.count).map { ReaderState(reader: $0.name, rawValue: $0.known, answerToReset: []) }
    }

    /// Ends a wait of another thread in `states`.
    func cancel() { SCardCancel(handle) }
}

/// The bytes of `text` with a zero behind, to be deallocated.
private func duplicate(_ text: String) -> UnsafeMutablePointer<CChar> {
    let bytes = text.utf8CString
    let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: bytes.count)
    _ = unsafe copy.initialize(from: bytes)
    // The capacity is at least 1, so there is an address.
    return copy.baseAddress!
}
