public import CardIO
public import CardTrace
import ISO7816
import ValueProtocol

/// Plays the whole path of value, with cards in this process or in PC/SC readers.
public struct Demonstration: Sendable {
    /// Where the cards are.
    public enum Setting: Sendable {
        /// In this process; no daemon is needed.
        case inProcess
        /// Emulated cards in vsmartcard's virtual readers, the master-key card in the slot of the first port.
        case virtualReaders(ports: [UInt16], deadline: Duration)
        /// Cards that carry the application, in readers: a master-key card without keys, and a blank card whose
        /// transport key is of the story's published master key.
        case readers(master: ReaderQuery, subscriber: ReaderQuery)
    }

    public var setting: Setting
    public var isJSON: Bool

    public init(_ setting: Setting = .inProcess, json: Bool = false) {
        self.setting = setting
        isJSON = json
    }

    /// Plays it.
    ///
    /// - Parameters:
    ///   - trace: is given each APDU and each reset of a card, where it is not nil.
    ///   - write: is given each line.
    /// - Throws: what went wrong.
    public func run(
        trace: (@Sendable (TraceRecord) -> Void)? = nil, write: @escaping @Sendable (String) -> Void
    ) async throws {
        switch setting {
        case .inProcess:
            let suite = try CipherSuite()
            let stage = try InProcessStage(master: Cast.blankMasterCard(), subscriber: Cast.blankCard(suite))
            try play(on: stage, trace, write)
        case .readers(let master, let subscriber):
            try await playPCSC(master, subscriber, trace, write)
        case .virtualReaders(let ports, let timeout):
            try await playVirtual(ports, timeout, trace, write)
        }
    }

    /// - Returns: the story, at its end.
    @discardableResult
    func play(
        on stage: any Stage, _ trace: ((TraceRecord) -> Void)?, _ write: @escaping (String) -> Void
    ) throws -> Story {
        let shown = trace.map { TracedStage(stage, $0) as any Stage } ?? stage
        let story = try Story(on: shown, narrator: Narrator(json: isJSON, write: write))
        try story.play()
        return story
    }

    private func playVirtual(
        _ ports: [UInt16], _ timeout: Duration, _ trace: (@Sendable (TraceRecord) -> Void)?,
        _ write: @escaping @Sendable (String) -> Void
    ) async throws {
        let service = try PCSCService()
        let deadline = ContinuousClock.now + timeout
        let before = try await service.readerStates(deadline: deadline)
        let master = try VirtualReaderCard(Cast.blankMasterCard(), port: ports[0])
        let subscriber = try VirtualReaderCard(Cast.blankCard(CipherSuite()), port: ports[1])
        try await master.insert(deadline: deadline)
        let masterReader = try await Self.readerOfNewCard(service, since: before, deadline)
        let between = try await service.readerStates(deadline: deadline)
        try await subscriber.insert(deadline: deadline)
        let subscriberReader = try await Self.readerOfNewCard(service, since: between, deadline)
        do {
            try await playPCSC(.name(masterReader), .name(subscriberReader), trace, write)
        } catch {
            await master.remove()
            await subscriber.remove()
            throw error
        }
        await master.remove()
        await subscriber.remove()
    }

    /// Waits for a new card in a reader that was empty or held another one.
    private static func readerOfNewCard(
        _ service: PCSCService, since before: [ReaderState], _ deadline: ContinuousClock.Instant
    ) async throws -> String {
        // Each insertion and removal counts: a card that is just leaving is not mistaken for the new one.
        let known = Dictionary(
            before.filter(\.isCardPresent).map { ($0.reader, $0.changes) }, uniquingKeysWith: { first, _ in first })
        for try await states in service.states(deadline: deadline) {
            if let state = states.first(where: { $0.isCardPresent && !$0.isMute && known[$0.reader] != $0.changes }) {
                return state.reader
            }
        }
        throw CardError(.deadlineExceeded, subject: "the virtual reader")
    }

    private func playPCSC(
        _ master: ReaderQuery, _ subscriber: ReaderQuery, _ trace: (@Sendable (TraceRecord) -> Void)?,
        _ write: @escaping @Sendable (String) -> Void
    ) async throws {
        let service = try PCSCService()
        let masterCard = try await service.connect(to: master, mode: .exclusive)
        let subscriberCard = try await service.connect(to: subscriber, mode: .exclusive)
        let answers = try await (masterCard.status().answerToReset, subscriberCard.status().answerToReset)
        let thread = try CardThread()
        let outcome: Result<Void, any Error> = await withCheckedContinuation { continuation in
            thread.perform {
                let stage = PCSCStage(master: masterCard, subscriber: subscriberCard, answersToReset: answers)
                continuation.resume(returning: Result { try play(on: stage, trace, write) })
            }
        }
        try await masterCard.disconnect()
        try await subscriberCard.disconnect()
        try outcome.get()
    }
}

/// A stage that traces every APDU.
private final class TracedStage: Stage {
    private let stage: any Stage
    private let sink: (TraceRecord) -> Void
    let masterReader: any CardChannel
    let subscriberReader: any CardChannel

    init(_ stage: any Stage, _ sink: @escaping (TraceRecord) -> Void) {
        self.stage = stage
        self.sink = sink
        masterReader = Story.traced(stage.masterReader, Self.masterName, sink)
        subscriberReader = Story.traced(stage.subscriberReader, Self.subscriberName, sink)
        note(.inserted, Self.masterName, stage.answersToReset.master)
        note(.inserted, Self.subscriberName, stage.answersToReset.subscriber)
    }

    private static let (masterName, subscriberName) = ("master-key card", "subscriber card")

    var description: String { stage.description }
    var answersToReset: (master: [UInt8], subscriber: [UInt8]) { stage.answersToReset }

    func reinsertSubscriberCard() throws {
        try stage.reinsertSubscriberCard()
        note(.reset, Self.subscriberName, stage.answersToReset.subscriber)
    }

    private func note(_ kind: TraceCardEvent.Kind, _ reader: String, _ answerToReset: [UInt8]) {
        sink(
            .card(
                TraceCardEvent(
                    time: TraceClock.microseconds(), reader: reader, kind: kind, answerToReset: answerToReset,
                    sender: TraceSender("demonstration"))))
    }
}

extension Story {
    fileprivate static func traced(
        _ channel: some CardChannel, _ name: String, _ sink: @escaping (TraceRecord) -> Void
    ) -> any CardChannel {
        TracingChannel(channel, name: name, sender: TraceSender("demonstration")) { sink(.exchange($0)) }
    }
}
