import CardCrypto
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@Suite struct VectorTests {
    @Test func `the transcripts are there`() throws {
        #expect(try Transcript.all().count == 29)
    }

    /// Every card answers every command of every transcript as the vector says, and ends as it says.
    @Test(arguments: try Transcript.all())
    func `cards answer as the transcript says`(transcript: Transcript) throws {
        let suite = try CipherSuite()
        let elementRandomness = ListedRandomness(transcript.setup.random.element)
        let masterRandomness = ListedRandomness(transcript.setup.random.master)
        var cards: [String: (card: ValueCard, memory: VolatileMemory, clock: StillClock)] = [:]
        for named in transcript.setup.elements {
            let clock = StillClock(named.image.clock)
            let memory = VolatileMemory(ValueCard.records(named.image.image))
            let card = try ValueCard(
                memory, name: named.name,
                environment: ElementEnvironment(
                    randomness: elementRandomness, clock: clock, usage: ListedUsage(named.image.usage),
                    account: ListedTotals(named.image)))
            cards[named.name] = (card, memory, clock)
        }
        for named in transcript.setup.masters {
            let clock = StillClock(named.image.purse.clock)
            let memory = VolatileMemory(ValueCard.records(named.image.image, element: named.image.element))
            let card = try ValueCard(
                memory, name: named.name, environment: ElementEnvironment(randomness: masterRandomness, clock: clock))
            cards[named.name] = (card, memory, clock)
        }
        for (card, _, _) in cards.values { try card.reset() }

        for step in transcript.steps {
            let card = try #require(cards[step.card])
            let answer = try card.card.process(bytes(step.command))
            #expect(hex(answer) == step.response, "\(transcript.name): \(step.label)")
        }

        for (named, start) in zip(transcript.final.elements, transcript.setup.elements) {
            let (_, memory, clock) = try #require(cards[named.name])
            let image = try ValueCard.images(in: memory).element
            #expect(
                ElementJSON(image, clock: clock.now.rawValue, since: start.image, suite) == named.image,
                "\(transcript.name)")
        }
        for (named, start) in zip(transcript.final.masters, transcript.setup.masters) {
            let (_, memory, clock) = try #require(cards[named.name])
            let images = try ValueCard.images(in: memory)
            let masterKey = try #require(images.masterKey)
            #expect(
                MasterJSON(masterKey, element: images.element, clock: clock.now.rawValue, since: start.image, suite)
                    == named.image,
                "\(transcript.name)")
        }
    }

    /// The authority's side produces exactly the commands of the transcripts, and opens their answers.
    @Test(arguments: try Transcript.all())
    func `authority sends what the transcript says`(transcript: Transcript) throws {
        let suite = try CipherSuite()
        let host = Set(transcript.setup.random.authority)
        var session: AuthoritySession?
        for step in transcript.steps {
            if let opened = step.session {
                guard host.contains(opened.r1) else {
                    session = nil
                    continue
                }
                let key = KeyName(try #require(Purpose(rawValue: opened.purpose)), opened.version)
                var new = AuthoritySession(
                    key: key, pid: try #require(PartyID(opened.pid)), r1: try #require(AESBlock(bytes(opened.r1))))
                #expect(hex(new.request) == step.command.dropFirst(10).prefix(48))
                try new.authenticate(
                    bytes(step.response).dropLast(2), from: try #require(PartyID(opened.eid)),
                    key: Secret(copying: bytes(opened.key)), suite)
                session = new
            } else if let exchange = step.exchange, var open = session {
                let op = try #require(OperationCode(rawValue: exchange.op))
                guard open.seq == exchange.seq else { continue }
                let sealed = try open.seal(bytes(exchange.c3Plain), op: op, suite)
                #expect(hex(sealed) == step.command.dropFirst(10).dropLast(2), "\(transcript.name): \(step.label)")
                let c4 = try open.unseal(bytes(step.response).dropLast(2), suite)
                #expect(hex(c4) == exchange.c4Plain, "\(transcript.name): \(step.label)")
                session = open
            }
        }
    }
}
