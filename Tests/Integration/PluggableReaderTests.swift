import CardIO
import ISO7816
import Testing

/// A reader that is plugged in and unplugged. Each test has its own pcscd, and so its own process.
@Suite(
    .enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"),
    .enabled(if: PluggableReader.missing == nil, "\(PluggableReader.missing ?? "")"))
struct PluggableReaderTests {
    @Test func `a reader pulled in mid-exchange is an error`() async {
        await #expect(processExitsWith: .success) {
            await reporting {
                let own = try await OwnPCSCD(pluggable: true)
                guard let pluggable = own.daemon.pluggable else { return }
                let card = try await own.service.connect(to: .only, deadline: .testDeadline)
                let endless = try CommandAPDU(PluggableReader.endless)
                let exchange = Task { try await card.transmit(endless) }
                try await pluggable.waitUntilBusy()
                try pluggable.pullOut(own.daemon)
                let error = await #expect(throws: CardError.self) { try await exchange.value }
                #expect(error?.subject == pluggable.reader)
                try await own.service.waitForRemoval(from: .name(pluggable.reader), deadline: .testDeadline)
                let gone = await #expect(throws: CardError.self) { try await card.transmit(endless) }
                #expect(gone?.code == .readerUnavailable)
                try pluggable.plugIn(own.daemon)
                try await own.service.waitForCard(deadline: .testDeadline)
                let again = try await own.service.connect(to: .only, deadline: .testDeadline)
                #expect(try await again.transmit(CommandAPDU([0x00, 0x70, 0x00, 0x00])).status == .success)
            }
        }
    }

    @Test func `watchers survive the last reader's removal`() async {
        await #expect(processExitsWith: .success) {
            await reporting {
                let own = try await OwnPCSCD(pluggable: true)
                guard let pluggable = own.daemon.pluggable else { return }
                let reader = pluggable.reader
                let service = own.service
                let (seen, tell) = AsyncStream<ReaderEvent>.makeStream()
                let watchers = (0..<2).map { _ in
                    Task {
                        // A failure ends the wait.
                        defer { tell.finish() }
                        var events: [ReaderEvent] = []
                        for try await event in service.events(deadline: .testDeadline) {
                            events.append(event)
                            tell.yield(event)
                            if events.count == 8 { break }
                        }
                        return events
                    }
                }
                var reported = seen.makeAsyncIterator()
                for _ in 0..<4 { _ = await reported.next() }
                try pluggable.pullOut(own.daemon)
                for _ in 0..<4 { _ = await reported.next() }
                // The service runs and has no reader: no error, and no watch has ended.
                #expect(try await service.readers().isEmpty)
                let none = await #expect(throws: CardError.self) { try await service.connect(to: .only) }
                #expect(none?.code == .noReader)
                try pluggable.plugIn(own.daemon)
                for _ in 0..<4 { _ = await reported.next() }
                try pluggable.pullOut(own.daemon)
                let coming: [ReaderEvent] = [
                    .readerArrived(reader: reader),
                    .cardInserted(reader: reader, answerToReset: PluggableReader.answerToReset),
                ]
                let going: [ReaderEvent] = [.cardRemoved(reader: reader), .readerLeft(reader: reader)]
                for watcher in watchers { #expect(try await watcher.value == coming + going + coming + going) }
            }
        }
    }

    @Test func `the pinpad is reached through the service`() async {
        await #expect(processExitsWith: .success) {
            let own = try await OwnPCSCD(pluggable: true)
            let card = try await own.service.connect(to: .only, deadline: .testDeadline)
            #expect(try await card.features().entries.map(\.feature) == [.verifyPIN])
            let verify: [UInt8] = [0x00, 0x20, 0x00, 0x80, 0x08] + PINFormat.format2Data
            await #expect(throws: CardError(.pinEntryCancelled, subject: "")) {
                try await card.withTransaction { transaction in
                    try Pinpad(transaction).verify(PINVerification(PINEntry(.format2, digits: 4...12), command: verify))
                }
            }
        }
    }
}
