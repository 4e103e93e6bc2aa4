import CardIO
import ISO7816
import ValueProtocol

/// It needs a reader, so it is compiled here and not run.
struct TalkingToACardArticle {
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
}
