import CardIO
import CardIOTesting
import ISO7816
import TestSupport
import Testing

/// A pcscd that is killed, restarted, or does not answer. Each test has its own pcscd, and so its own process.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct ServiceLossTests {
    @Test func `two watchers survive a service that is killed and started`() async {
        await #expect(processExitsWith: .success) {
            await reporting {
                let own = try await OwnPCSCD()
                let reader = own.daemon.slots[0].reader
                let card = ReferenceCard()
                let virtual = try await own.insert(card)
                let (seen, tell) = AsyncStream<ReaderEvent>.makeStream()
                let service = own.service
                // Each counts and reports its progress; a failure ends the wait.
                let watchers = (0..<2).map { number in
                    Task {
                        var events: [ReaderEvent] = []
                        do {
                            for try await event in service.events(deadline: .testDeadline)
                            where event.reader == reader {
                                events.append(event)
                                tell.yield(event)
                                if events.count == 6 { break }
                            }
                        } catch {
                            tell.finish()
                            throw error
                        }
                        return events
                    }
                }
                var reported = seen.makeAsyncIterator()
                // Both have seen reader and card before it is killed: a service that ends at the first call is an
                // error.
                for _ in 0..<4 { _ = await reported.next() }
                try own.daemon.order(.kill)
                for _ in 0..<4 { _ = await reported.next() }
                try own.daemon.order(.start)
                for _ in 0..<2 { _ = await reported.next() }
                _ = await virtual.waitUntilRemoved()
                try await virtual.insert()
                let inserted = ReaderEvent.cardInserted(reader: reader, answerToReset: card.answerToReset)
                let whole: [ReaderEvent] = [
                    .readerArrived(reader: reader), inserted, .cardRemoved(reader: reader), .readerLeft(reader: reader),
                    .readerArrived(reader: reader), inserted,
                ]
                for watcher in watchers { #expect(try await watcher.value == whole) }
                await virtual.remove()
            }
        }
    }

    @Test func `a service killed in mid-exchange is an error and the next connection works`() async {
        await #expect(processExitsWith: .success) {
            let own = try await OwnPCSCD()
            let gate = GateCard()
            let virtual = try await own.insert(gate)
            let card = try await own.connect()
            let (gated, count) = (try CommandAPDU(GateCard.command), try CommandAPDU([0x80, 0x14, 0, 0, 4]))
            let exchange = Task { try await card.transmit(gated) }
            await gate.waitForCommand()
            try own.daemon.order(.kill)
            await #expect(throws: CardError(.serviceLost, subject: "")) { try await exchange.value }
            gate.open()
            await #expect(throws: CardError(.noService, subject: "")) { try await own.service.readers() }
            try own.daemon.order(.start)
            try await own.daemon.ready(own.service)
            // The old connection stays unusable, and reports that.
            let refused = await #expect(throws: CardError.self) { try await card.transmit(count) }
            #expect(refused?.code == .serviceLost || refused?.code == .notConnected)
            _ = await virtual.waitUntilRemoved()
            try await virtual.insert()
            try await own.service.waitForCard(in: .name(card.reader), deadline: .testDeadline)
            #expect(try await own.connect().transmit(count).status == .success)
            await virtual.remove()
        }
    }

    @Test func `a service that answers nothing holds nobody`() async {
        await #expect(processExitsWith: .success) {
            let own = try await OwnPCSCD()
            let virtual = try await own.insert(ReferenceCard())
            let card = try await own.connect()
            let count = try CommandAPDU([0x80, 0x14, 0, 0, 4])
            let service = own.service
            let waits: [@Sendable (ContinuousClock.Instant) async throws -> Void] = [
                { _ = try await service.readers(deadline: $0) },
                { _ = try await service.readerStates(deadline: $0) },
                { _ = try await service.connect(to: "Test reader 0", deadline: $0) },
                { for try await _ in service.states(deadline: $0) {} },
                { for try await _ in service.events(deadline: $0) {} },
                { _ = try await card.transmit(count, deadline: $0) },
                { _ = try await card.withTransaction(deadline: $0) { try $0.transmit(count) } },
                { _ = try await card.status(deadline: $0) },
                { _ = try await card.attribute(.vendorName, deadline: $0) },
                { _ = try await card.control(.features, deadline: $0) },
                { try await card.reset(deadline: $0) },
            ]
            try own.daemon.order(.hold)
            for (number, wait) in waits.enumerated() {
                await #expect(
                    throws: CardError(.deadlineExceeded, subject: ""),
                    "call \(number) of a service that answers nothing ends by its deadline"
                ) {
                    try await passingDeadline(wait)
                }
            }
            let tasks = waits.map { wait in Task { try await wait(.now + .seconds(600)) } }
            for (number, task) in tasks.enumerated() {
                task.cancel()
                do {
                    try await task.value
                    // A sequence that is cancelled ends.
                    #expect(number == 3 || number == 4)
                } catch {
                    #expect(error as? CardError == CardError(.cancelled, subject: ""))
                }
            }
            try own.daemon.order(.continue)
            #expect(try await service.readers().count == own.daemon.slots.count)
            try await card.reset()
            #expect(try await card.transmit(count).status == .success)
            await virtual.remove()
        }
    }

    /// A request to the service alone that missed its deadline leaves the card as it was.
    @Test func `a late STATUS costs the card nothing`() async {
        await #expect(processExitsWith: .success) {
            await reporting {
                let own = try await OwnPCSCD()
                let virtual = try await own.insert(ReferenceCard())
                let card = try await own.connect()
                let count = try CommandAPDU([0x80, 0x14, 0x00, 0x00, 0x04])
                #expect(Array(try await card.transmit(count).data) == [0, 0, 0, 1])
                for wait: @Sendable (ContinuousClock.Instant) async throws -> Void in [
                    { _ = try await card.status(deadline: $0) },
                    { _ = try await card.attribute(.vendorName, deadline: $0) },
                ] {
                    try own.daemon.order(.hold)
                    await #expect(
                        throws: CardError(.deadlineExceeded, subject: ""),
                        "a question that a service at rest does not answer ends by its deadline"
                    ) {
                        // The card's thread reads the clock, and then asks the service.
                        try await passingDeadline(once: { await $0.waitForLooks(1) }, wait)
                    }
                    try own.daemon.order(.continue)
                    // It runs once the late request has ended.
                    _ = try await card.status()
                }
                #expect(
                    Array(try await card.transmit(count).data) == [0, 0, 0, 2],
                    "the card was not reset, and counts on")
                await virtual.remove()
            }
        }
    }
}
