import CardIO
import CardScript
import CardTrace
import ContactInterface
import ISO7816
import Testing
import ValueElement
import ValueProtocol

/// The code of "Talking to a card" and "Being a card".
@Suite struct CardIOArticles {
    // These need a reader, so they are compiled here and not run.

    func talking() async throws {
        let service = try PCSCService()
        for state in try await service.readerStates() {
            print(state.reader, state.isCardPresent ? "card" : "empty")
        }
        let card = try await service.connect(to: "ACR", deadline: .now + .seconds(5))

        let select = try CommandAPDU(
            cla: 0x00, ins: 0xA4, p1: 0x04, p2: 0x00, data: ElementApplication.purse.aid, expectedLength: 256)
        let answer = try await card.transmit(select, deadline: .now + .seconds(5))
        print(answer.status, answer.status.meaning)

        let element = try await card.withTransaction { transaction in
            try ElementInfo.select(over: GetResponseChannel(transaction))
        }
        print(element.eid)
        try await card.disconnect(.leave)
    }

    func watching(_ service: PCSCService) async throws {
        for try await event in service.events(deadline: .now + .seconds(60)) {
            print(event)
        }
    }

    func sharing(_ service: PCSCService, _ card: Card) async throws {
        let restarted = try await card.withTransaction(restarts: 1) { transaction in
            if transaction.isRestarted { print("another program reset the card") }
            return try ElementInfo.select(over: GetResponseChannel(transaction))
        }
        print(restarted.eid)

        do {
            _ = try await service.connect(to: "ACR", mode: .exclusive)
        } catch {
            guard let conflict = error.cause as? SharingConflict else { throw error }
            for program in conflict.programs { print("ask", program.name, "in process", program.process) }
        }
    }

    func connected(
        _ service: PCSCService, _ reader: ReaderQuery, until deadline: ContinuousClock.Instant
    ) async throws(CardError) -> Card {
        while true {
            do {
                try await service.waitForCard(in: reader, deadline: deadline)
                return try await service.connect(to: reader, deadline: deadline)
            } catch {
                // The service is away, or its readers are not back yet.
                guard [.serviceLost, .noService, .noReader, .unknownReader].contains(error.code) else { throw error }
                do { try await Task.sleep(for: .milliseconds(200)) } catch {
                    throw CardError(.cancelled, subject: "card")
                }
            }
        }
    }

    func typing(_ card: Card) async throws {
        let verify: [UInt8] = [0x00, 0x20, 0x00, 0x80, 0x08] + PINFormat.format2Data
        let request = PINVerification(PINEntry(.format2, digits: 4...12, timeout: 30), command: verify)
        let verified = try await card.withTransaction(deadline: .now + .seconds(60)) { transaction in
            try Pinpad(transaction).verify(request)
        }
        print(verified == .success ? "verified" : verified.meaning)

        let dots = SteppedPINEntry(observe: { key in if key == .digit { print("•", terminator: "") } })
        let typed = try await card.withTransaction { transaction in
            try Pinpad(transaction, stepped: dots).verify(request)
        }
        print(typed)
    }

    func emulating(_ records: [RecordName: [UInt8]]) async throws {
        let card = try VirtualReaderCard(ValueCard(VolatileMemory(records)))
        try await card.insert(deadline: .now + .seconds(2))
        print("out again:", await card.waitUntilRemoved())
    }

    // These run.

    final class Counter: IntegratedCircuitCard {
        let answerToReset: [UInt8] = [0x3B, 0x80, 0x01, 0x81]
        private var count: UInt8 = 0

        func reset() throws(CardError) { count = 0 }

        func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
            count += 1
            return [count, 0x90, 0x00]
        }
    }

    @Test func beingACard() throws {
        let channel = try InProcessChannel(Counter())
        let answer = try channel.transmit(try CommandAPDU([0x80, 0x14, 0x00, 0x00, 0x01]))
        #expect(answer.bytes == [0x01, 0x90, 0x00])
    }

    @Test func beingACardOverContacts() throws {
        let slot = try ContactSlot(Counter())
        let channel = EnvelopeChannel(GetResponseChannel(slot))
        let overContacts = try channel.transmit(try CommandAPDU([0x80, 0x14, 0x00, 0x00, 0x01]))
        #expect(overContacts.bytes == [0x01, 0x90, 0x00])
    }

    @Test func tracing() throws {
        let id = PartyID(issuer: 1, kind: .masterKeyCard, number: 1)
        let reader = try InProcessChannel(ValueCard(VolatileMemory(ValueCard.blankMasterKeyCard(id))))
        var lines: [String] = []

        var decoder = TraceDecoder(try APDUDictionary())
        let text = TraceText()
        let channel = TracingChannel(reader, name: "desk") { event in
            lines += text.lines(for: decoder.decode(event))
        }

        _ = try ElementInfo.select(.masterKey, over: channel)
        _ = try channel.transmit(try CommandAPDU(cla: 0, ins: 0x20, p1: 0, p2: 1, data: Array("1234".utf8)))
        #expect(lines.count == 4)
        #expect(lines[2].contains("••") && !lines[2].contains("31 32 33 34"))
    }

    @Test func replaying() throws {
        let id = PartyID(issuer: 1, kind: .masterKeyCard, number: 1)
        let reader = try InProcessChannel(ValueCard(VolatileMemory(ValueCard.blankMasterKeyCard(id))))
        var writer = TraceWriter(.json, try APDUDictionary())
        var bytes = writer.start()
        let channel = TracingChannel(reader, name: "desk") { bytes += writer.write(.exchange($0)) }
        _ = try ElementInfo.select(.masterKey, over: channel)

        let recorded = try TraceReader.records(in: bytes, file: "desk.jsonl")
        let card = ReplayedCard(recorded)
        let program = try InProcessChannel(card)
        let element = try ElementInfo.select(.masterKey, over: program)
        if let divergence = card.divergence { print(divergence) }

        #expect(element.eid == id && card.isFinished)
    }

    @Test func scripting() throws {
        let channel = try InProcessChannel(Counter())

        let script = try Script(
            """
            reset
            80 14 00 00 01
            #= 01 9000
            """)
        let results = script.run(on: channel, reset: channel.reset)
        for result in results where !result.ok {
            print("line \(result.line):", result.response?.bytes ?? [], "instead of", result.expected ?? "-")
        }

        #expect(results.count == 2 && results.allSatisfy(\.ok))
    }
}
