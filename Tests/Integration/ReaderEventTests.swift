import CardIO
import CardIOTesting
import ISO7816
import Testing

@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct ReaderEventTests {
    @Test func `cards in and out are events`() async throws {
        try await VirtualReaders.lend { readers in
            let reader = readers.slots[0].reader
            let card = ReferenceCard()
            let virtual = try VirtualReaderCard(card, port: readers.slots[0].port)
            try await readers.waitUntilVacant()
            var seen: [ReaderEvent] = []
            for try await event in readers.service.events(deadline: .testDeadline) where event.reader == reader {
                seen.append(event)
                switch event {
                case .readerArrived: try await virtual.insert()
                case .cardInserted: await virtual.remove()
                default: break
                }
                if case .cardRemoved = event { break }
            }
            #expect(
                seen == [
                    .readerArrived(reader: reader),
                    .cardInserted(reader: reader, answerToReset: card.answerToReset),
                    .cardRemoved(reader: reader),
                ])
        }
    }

    @Test func `waiting ends at the deadline`() async throws {
        try await VirtualReaders.lend { readers in
            try await readers.waitUntilVacant()
            let (service, reader) = (readers.service, readers.slots[0].reader)
            await #expect(throws: CardError(.deadlineExceeded, subject: "")) {
                try await passingDeadline { deadline in
                    try await service.waitForCard(in: .name(reader), deadline: deadline)
                }
            }
        }
    }

    @Test func `a cancelled watch ends`() async throws {
        try await VirtualReaders.lend { readers in
            let service = readers.service
            let (begun, begin) = AsyncStream<Void>.makeStream()
            let watch = Task {
                for try await _ in service.events() { begin.yield() }
            }
            for await _ in begun { break }
            watch.cancel()
            // If the sequence did not end, this test would hang.
            try await watch.value
        }
    }

    @Test func `readers are chosen by name number and part`() async throws {
        try await VirtualReaders.lend { readers in
            let names = try await readers.service.readers()
            #expect(names.count == 8)
            #expect(try ReaderQuery("7").resolve(in: names) == names[7])
            #expect(try ReaderQuery("READER 2 00 01").resolve(in: names) == "Test reader 2 00 01")
            let error = await #expect(throws: CardError.self) { try await readers.service.connect(to: "elsewhere") }
            #expect(error?.code == .unknownReader)
            #expect((error?.cause as? ConnectedReaders)?.names == names)
        }
    }
}
