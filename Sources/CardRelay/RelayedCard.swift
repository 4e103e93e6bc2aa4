public import CardIO
public import ISO7816

/// The description of the card for its client.
public struct RelayedCardFace: Sendable, Hashable {
    /// The reader's name.
    public let name: String
    /// The answer to reset, at most 33 bytes.
    public let answerToReset: [UInt8]
    /// Whether commands must be T=0 TPDUs.
    public let isT0: Bool

    public init(name: String, answerToReset: [UInt8], isT0: Bool) {
        self.name = name
        self.answerToReset = Array(answerToReset.prefix(33))
        self.isT0 = isT0
    }
}

/// A card that a server serves to one client at a time.
public protocol RelayedCard: Sendable {
    var face: RelayedCardFace { get }
    /// Sends a command and returns the answer unchanged.
    func transmit(_ command: CommandAPDU) async throws(CardError) -> ResponseAPDU
    /// Sends bytes as they are, which need not be a command APDU. The default is for a card that takes nothing else.
    ///
    /// - Throws: `CardError`, `.unsupported` where they are not a command APDU and the card takes nothing else.
    func transmit(bytes: [UInt8]) async throws(CardError) -> ResponseAPDU
    /// Resets the card.
    func reset() async throws(CardError)
    /// Returns when the card was removed or its reader is gone. The default is for a card that is never removed.
    ///
    /// - Throws: `CardError`: `.cancelled` when the task is cancelled, or why the card cannot be watched.
    func waitForRemoval() async throws(CardError)
    /// Resets the card and releases it.
    func release() async
}

extension RelayedCard {
    public func transmit(bytes: [UInt8]) async throws(CardError) -> ResponseAPDU {
        let command: CommandAPDU
        do throws(APDUError) {
            command = try CommandAPDU(bytes)
        } catch {
            throw CardError(.unsupported, subject: "relay", cause: error)
        }
        return try await transmit(command)
    }

    /// Waits until the task is cancelled.
    public func waitForRemoval() async throws(CardError) {
        for await _ in AsyncStream<Never>.makeStream().stream {}
        throw CardError(.cancelled, subject: face.name)
    }
}

/// A card in a PC/SC reader, in exclusive use.
public struct RelayedReader: RelayedCard {
    public let face: RelayedCardFace
    private let card: Card

    /// Connects to the card.
    ///
    /// - Throws: `CardError`, as `PCSCService.connect` does.
    public init(_ query: ReaderQuery) async throws(CardError) {
        card = try await PCSCService().connect(to: query, mode: .exclusive)
        let status = try await card.status()
        face = RelayedCardFace(
            name: card.reader, answerToReset: status.answerToReset, isT0: status.activeProtocol == .t0)
    }

    public func transmit(_ command: CommandAPDU) async throws(CardError) -> ResponseAPDU {
        try await card.transmit(command)
    }

    public func transmit(bytes: [UInt8]) async throws(CardError) -> ResponseAPDU {
        try await card.transmit(bytes: bytes)
    }

    public func reset() async throws(CardError) { try await card.reset() }

    public func waitForRemoval() async throws(CardError) {
        var changes: UInt16?
        for try await states in try PCSCService().states() {
            // A card that was replaced between two states was removed as well.
            guard let state = states.first(where: { $0.reader == card.reader }), state.isCardPresent,
                changes == nil || changes == state.changes
            else { return }
            changes = state.changes
        }
        throw CardError(.cancelled, subject: card.reader)
    }

    public func release() async {
        do {
            try await card.disconnect(.reset)
        } catch {
            // Removed, or its reader is gone: there is nothing to release.
            return
        }
    }
}

/// A card in this process, on a thread of its own.
public final class RelayedEmulation: RelayedCard {
    public let face: RelayedCardFace
    private let thread: CardThread
    // Accessed only on the thread.
    private nonisolated(unsafe) let channel: InProcessChannel

    /// Powers the card up.
    ///
    /// - Throws: `CardError` where it cannot start, or the system cannot create a thread.
    public init(_ card: sending any IntegratedCircuitCard, name: String) throws(CardError) {
        face = RelayedCardFace(name: name, answerToReset: card.answerToReset, isT0: false)
        thread = try CardThread()
        unsafe channel = try InProcessChannel(card, name: name)
    }

    public func transmit(_ command: CommandAPDU) async throws(CardError) -> ResponseAPDU {
        try await transmit(bytes: command.bytes)
    }

    public func transmit(bytes: [UInt8]) async throws(CardError) -> ResponseAPDU {
        try await perform { (channel) throws(CardError) in try channel.transmit(bytes: bytes) }
    }

    public func reset() async throws(CardError) {
        try await perform { (channel) throws(CardError) in try channel.reset() }
    }

    public func release() async {
        do throws(CardError) { try await reset() } catch { return }
    }

    private func perform<Value: Sendable>(
        _ work: @escaping @Sendable (InProcessChannel) throws(CardError) -> Value
    ) async throws(CardError) -> Value {
        nonisolated(unsafe) let channel = unsafe channel
        let result: Result<Value, CardError> = await withCheckedContinuation { continuation in
            thread.perform {
                do throws(CardError) {
                    continuation.resume(returning: .success(try work(unsafe channel)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
