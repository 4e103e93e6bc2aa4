import CardIO
import ISO7816
import MeterBench

/// A PC/SC reader that is a running meter's card slot: cards come and go in it by themselves.
struct SlotReader: Sendable {
    let query: ReaderQuery
    let queue: BenchQueue
    let tracer: Tracer?

    /// Reports cards until the task is cancelled.
    func watch() async {
        do {
            let service = try PCSCService()
            while !Task.isCancelled {
                let reader = try await service.waitForCard(in: query)
                try await serve(from: service, reader)
                try await service.waitForRemoval(from: .name(reader))
                queue.add(.cardRemoved)
            }
        } catch {
            if !Task.isCancelled { queue.add(.failed(error)) }
        }
    }

    /// A card that is removed while connecting counts as absent.
    private func serve(from service: PCSCService, _ reader: String) async throws(CardError) {
        do throws(CardError) {
            let card = try await service.connect(to: .name(reader), mode: .exclusive)
            let status = try await card.status()
            let channel = BlockingChannel(card)
            let traced = tracer?.trace(channel, name: reader, answerToReset: status.answerToReset) ?? channel
            nonisolated(unsafe) let entry = BenchEvent.cardInserted(GetResponseChannel(traced))
            queue.add(entry)
        } catch {
            let isGone = [.cardRemoved, .noCard, .cardUnresponsive].contains(error.code)
            if !isGone { throw error }
        }
    }
}
