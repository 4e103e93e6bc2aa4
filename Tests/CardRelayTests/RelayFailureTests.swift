import DurableFiles
import ISO7816
import NIOCore
import NIOSSL
import SystemPackage
import Testing

@testable import CardRelay

/// Failures are classified by their type and number, not by their text.
@Suite struct RelayFailureTests {
    @Test(arguments: [
        (Errno.connectionRefused, RelayFailure.Code.connectionRefused), (.connectionReset, .connectionLost),
        (.brokenPipe, .connectionLost), (.timedOut, .timeout), (.noRouteToHost, .system),
    ])
    func `an error number has its code and is the cause`(number: Errno, code: RelayFailure.Code) {
        // The text says something else.
        let failure = RelayFailure(
            IOError(errnoCode: number.rawValue, reason: "Connection refused, OPENSSL_internal:X"), isConnected: true)
        #expect(failure.code == code)
        #expect(failure.cause as? Errno == number)
    }

    @Test func `messages name no file of a library`() {
        func text(_ error: any Error) -> String { "\(RelayFailure(error, isConnected: false))" }
        #expect(text(IOError(errnoCode: Errno.connectionRefused.rawValue, reason: "x")) == "connection refused")
        #expect(text(ChannelError.connectTimeout(.seconds(1))) == "no connection in time")
        #expect(text(NIOSSLError.uncleanShutdown) == "connection lost")
        #expect(text(RelayFrameReader.Malformed()) == "it does not keep to the relay's messages")
        #expect(text(NIOSSLExtraError.failedToValidateHostname) == "TLS: the certificate is for another name")
        #expect(
            text(IOError(errnoCode: Errno.noRouteToHost.rawValue, reason: "x"))
                == "the connection failed: \(Errno.noRouteToHost)")
    }

    @Test func `two failures are equal when their codes are`() {
        let (one, other) = (IOError(errnoCode: 104, reason: "read"), IOError(errnoCode: 32, reason: "write"))
        #expect(RelayFailure(one, isConnected: true) == RelayFailure(other, isConnected: true))
        #expect(
            RelayFailure(one, isConnected: true) != RelayFailure(ChannelError.connectTimeout(.zero), isConnected: true))
    }
}
