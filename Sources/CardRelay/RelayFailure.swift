public import Diagnostics
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import SystemPackage

/// Why a connection to a relay failed or ended: the cause of a `CardError` with code `.relayNotReached` or
/// `.readerUnavailable`.
public struct RelayFailure: DiagnosticError {
    /// What happened. The numbers are stable.
    public let code: Code
    public var subject: String { "relay" }
    /// The system's error number, an `Errno`, or the error of the TLS library, where there is one.
    public let cause: (any Error)?
    /// Whether it was connected: the card is then reset, and whether a command in progress was executed is unknown.
    public let isConnected: Bool

    init(_ code: Code, cause: (any Error)? = nil, isConnected: Bool) {
        self.code = code
        self.cause = cause
        self.isConnected = isConnected
    }

    /// - Parameter isConnected: whether TCP was connected when `error` occurred.
    init(_ error: any Error, isConnected: Bool) {
        self.isConnected = isConnected
        (code, cause) = Self.classify(error)
    }

    /// Only for an error that the code does not describe completely.
    public var detail: String {
        switch code {
        case .tls, .system, .other: cause.map { ": \(Self.text(of: $0))" } ?? ""
        default: ""
        }
    }

    /// Without the subject, which the error that this one is the cause of names.
    public var description: String { "\(code)\(detail)" }
}

extension RelayFailure {
    /// What happened to a connection. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// Nothing listens at the port (ECONNREFUSED).
        case connectionRefused = 1
        /// The name has no address.
        case unknownHost = 2
        /// No connection within the time allowed.
        case timeout = 3
        /// The connection was reset or closed without notice (ECONNRESET, EPIPE).
        case connectionLost = 4
        /// The certificates were not accepted, or TLS failed otherwise.
        case tls = 5
        /// The peer's certificate is for another name.
        case wrongName = 6
        /// The peer violated the frame format.
        case malformedFrame = 7
        /// Another failure of a system call.
        case system = 8
        /// Anything else.
        case other = 9
        /// No TLS handshake in time.
        case handshakeLate = 10
        /// No first message in time.
        case firstMessageLate = 11
        /// The peer's certificate is not for its purpose: `clientAuth` of a client, `serverAuth` of a server.
        case wrongPurpose = 12
        /// Too many connections from one address.
        case tooManyConnections = 13

        public var description: String {
            switch self {
            case .connectionRefused: "connection refused"
            case .unknownHost: "the name has no address"
            case .timeout: "no connection in time"
            case .connectionLost: "connection lost"
            case .tls: "TLS"
            case .wrongName: "TLS: the certificate is for another name"
            case .malformedFrame: "it does not keep to the relay's messages"
            case .system: "the connection failed"
            case .other: "the connection ended"
            case .handshakeLate: "no TLS handshake in time"
            case .firstMessageLate: "no first message in time"
            case .wrongPurpose: "TLS: the certificate is not for this purpose"
            case .tooManyConnections: "too many connections from one address"
            }
        }
    }

    private static func classify(_ error: any Error) -> (Code, (any Error)?) {
        switch error {
        case let failure as RelayFailure: return (failure.code, failure.cause)
        case is RelayFrameReader.Malformed: return (.malformedFrame, nil)
        case let error as IOError:
            let number = Errno(rawValue: error.errnoCode)
            return (code(of: number), number)
        case let error as NIOConnectionError:
            let attempts = error.connectionErrors.map { classify($0.error) }
            // Of a name's addresses, the one where nothing listens tells most.
            if let first = attempts.first(where: { $0.0 == .connectionRefused }) ?? attempts.first { return first }
            return (.unknownHost, error.dnsAError ?? error.dnsAAAAError)
        case ChannelError.connectTimeout: return (.timeout, nil)
        case ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed, ChannelError.inputClosed,
            ChannelError.outputClosed, ChannelError.eof:
            return (.connectionLost, error)
        case NIOSSLError.uncleanShutdown, NIOSSLError.handshakeFailed(.syscallError),
            NIOSSLError.handshakeFailed(.zeroReturn):
            return (.connectionLost, error)
        case let extra as NIOSSLExtraError: return (extra == .failedToValidateHostname ? .wrongName : .tls, extra)
        case is NIOSSLError, is BoringSSLError: return (.tls, error)
        default: return (.other, error)
        }
    }

    private static func code(of number: Errno) -> Code {
        switch number {
        case .connectionRefused: .connectionRefused
        case .connectionReset, .brokenPipe, .socketNotConnected, .connectionAbort: .connectionLost
        case .timedOut: .timeout
        default: .system
        }
    }

    /// An error in the words of its library, without the files and lines that TLS libraries add.
    private static func text(of error: any Error) -> String {
        let stack: NIOBoringSSLErrorStack =
            switch error {
            case NIOSSLError.handshakeFailed(.sslError(let stack)), NIOSSLError.shutdownFailed(.sslError(let stack)),
                BoringSSLError.sslError(let stack):
                stack
            default: []
            }
        let text = stack.first.map { "\($0)" } ?? "\(error)"
        // OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at …
        if let found = text.firstRange(of: "OPENSSL_internal:") {
            let reason = text[found.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            return reason.lowercased().replacing("_", with: " ")
        }
        return text.count > 120 ? "\(text.prefix(120))…" : text
    }
}
