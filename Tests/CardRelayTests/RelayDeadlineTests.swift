import NIOCore
import NIOEmbedded
import NIOTLS
import Testing

@testable import CardRelay

/// Deadlines pass on an event loop whose clock the test turns.
@Suite struct RelayDeadlineTests {
    /// Keeps the errors of a connection.
    private final class Errors: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var codes: [RelayFailure.Code?] = []

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            codes.append((error as? RelayFailure)?.code)
        }
    }

    private static func connection() throws -> (EmbeddedChannel, Errors) {
        let errors = Errors()
        let channel = EmbeddedChannel(handlers: [
            RelayDeadlines(handshake: .seconds(10), firstMessage: .seconds(5)), errors,
        ])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 7816)).wait()
        return (channel, errors)
    }

    private static func completeHandshake(_ channel: EmbeddedChannel) {
        channel.pipeline.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(negotiatedProtocol: nil))
    }

    @Test func `a handshake has ten seconds`() throws {
        let (channel, errors) = try Self.connection()
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(9999))
        #expect(channel.isActive && errors.codes.isEmpty)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!channel.isActive && errors.codes == [.handshakeLate])
    }

    /// Bytes that are no whole message do not count.
    @Test func `the first message has its time from the handshake on`() throws {
        let (channel, errors) = try Self.connection()
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        Self.completeHandshake(channel)
        let hello = RelayRequest.hello(version: RelayFrame.version).frame.bytes
        channel.embeddedEventLoop.advanceTime(by: .seconds(4))
        try channel.writeInbound(ByteBuffer(bytes: hello.dropLast()))
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        #expect(channel.isActive && errors.codes.isEmpty)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!channel.isActive && errors.codes == [.firstMessageLate])
    }

    @Test func `after its first message a client may take its time`() throws {
        let (channel, errors) = try Self.connection()
        Self.completeHandshake(channel)
        let hello = RelayRequest.hello(version: RelayFrame.version).frame.bytes
        for byte in hello { try channel.writeInbound(ByteBuffer(bytes: [byte])) }
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(channel.isActive && errors.codes.isEmpty)
        _ = try channel.finish()
    }

    @Test func `connections are counted by address`() {
        let limit = AddressLimit(2)
        #expect(limit.enter("a") && limit.enter("a") && !limit.enter("a") && limit.enter("b"))
        limit.leave("a")
        #expect(limit.enter("a") && !limit.enter("a"))
    }
}
