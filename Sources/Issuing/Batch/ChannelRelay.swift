internal import Dispatch
public import ISO7816
internal import Synchronization

/// Carries commands from any thread to a channel that serves on one thread only.
///
/// A transaction with a master-key card holds its channel on that card's own thread, while the cards that it issues are
/// lent on theirs. The relay connects them: one thread serves, the others send, one command at a time.
///
///     let relay = ChannelRelay()
///     async let served: Void = master.withTransaction { relay.serve(GetResponseChannel($0)) }
///     … MasterKeyCardAuthority(relay) …
///     relay.close()
///     try await served
///
/// If the transaction cannot begin, the caller must close the relay; otherwise senders wait for it.
public final class ChannelRelay: CardChannel, Sendable {
    private struct State {
        var command: CommandAPDU?
        var answer: Result<ResponseAPDU, CardError>?
        var isClosed = false
    }

    private let state = Mutex(State())
    private let turn = DispatchSemaphore(value: 1)
    private let commandReady = DispatchSemaphore(value: 0)
    private let answerReady = DispatchSemaphore(value: 0)

    public init() {}

    /// Carries commands to `channel` until the relay is closed. Blocks its thread.
    ///
    /// - Parameter channel: one that returns complete answers, as a `GetResponseChannel` does.
    public func serve(_ channel: any CardChannel) {
        while true {
            commandReady.wait()
            guard let command = state.withLock({ $0.isClosed ? nil : $0.command }) else { return }
            let answer = Result { () throws(CardError) in try channel.transmit(command) }
            state.withLock { $0.answer = answer }
            answerReady.signal()
        }
    }

    /// Ends `serve`; any later command fails with `.readerUnavailable`.
    public func close() {
        let wasClosed = state.withLock { state in
            defer { state.isClosed = true }
            return state.isClosed
        }
        guard !wasClosed else { return }
        commandReady.signal()
        answerReady.signal()
    }

    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        turn.wait()
        defer { turn.signal() }
        let isClosed = state.withLock { state in
            state.answer = nil
            state.command = command
            return state.isClosed
        }
        guard !isClosed else { throw CardError(.readerUnavailable, subject: "closed relay") }
        commandReady.signal()
        answerReady.wait()
        guard let answer = state.withLock({ $0.answer }) else {
            throw CardError(.readerUnavailable, subject: "closed relay")
        }
        return try answer.get()
    }
}
