import CardIO
import ISO7816
import Testing

@Suite struct ReaderQueryTests {
    let readers = ["Acme CL 00 00", "Acme 3 00 00", "3"]

    @Test(arguments: [
        (ReaderQuery("Acme CL 00 00"), "Acme CL 00 00"),
        // A full name takes precedence over a number, a number over a part of a name.
        (ReaderQuery("3"), "3"),
        (ReaderQuery("0"), "Acme CL 00 00"),
        (ReaderQuery("acme cl"), "Acme CL 00 00"),
        (.number(1), "Acme 3 00 00"),
        (.name("3"), "3"),
    ])
    func `a reader is found`(query: ReaderQuery, name: String) throws {
        #expect(try query.resolve(in: readers) == name)
    }

    @Test(arguments: [
        (ReaderQuery("acme"), CardError.Code.ambiguousReader),
        (ReaderQuery("other"), .unknownReader),
        (ReaderQuery(""), .unknownReader),
        (.number(3), .unknownReader),
        (.number(-1), .unknownReader),
        (.name("acme cl 00 00"), .unknownReader),
        (.only, .ambiguousReader),
    ])
    func `an error names the readers there are`(query: ReaderQuery, code: CardError.Code) throws {
        let error = #expect(throws: CardError.self) { try query.resolve(in: readers) }
        #expect(error?.code == code)
        for reader in readers { #expect((error?.cause as? ConnectedReaders)?.names.contains(reader) == true) }
    }

    @Test func `the only reader needs no name`() throws {
        #expect(try ReaderQuery.only.resolve(in: ["A"]) == "A")
        #expect(throws: CardError(.noReader, subject: "")) { try ReaderQuery("A").resolve(in: []) }
    }

    /// Bits of PC/SC: 0x20 for a card, 0x10 for none.
    private func states(_ cards: [Bool]) -> [ReaderState] {
        zip(readers, cards).map { ReaderState(reader: $0, rawValue: $1 ? 0x20 : 0x10, answerToReset: []) }
    }

    @Test func `one card in several readers is no question`() throws {
        for index in readers.indices {
            let states = states(readers.indices.map { $0 == index })
            #expect(try ReaderQuery.only.resolve(among: states) == readers[index])
            #expect(try ReaderQuery("0").resolve(among: states) == readers[0])
        }
        let none = #expect(throws: CardError.self) {
            try ReaderQuery.only.resolve(among: states([false, false, false]))
        }
        #expect(none?.code == .noCard)
        let two = #expect(throws: CardError.self) { try ReaderQuery.only.resolve(among: states([true, true, false])) }
        #expect(two?.code == .ambiguousReader)
        for error in [none, two] {
            for reader in readers { #expect((error?.cause as? ConnectedReaders)?.names.contains(reader) == true) }
        }
    }

    @Test(arguments: [
        (ReaderQuery("acme"), [0, 1]), (ReaderQuery("00 00"), [0, 1]), (ReaderQuery("0"), [0]), (.only, [0, 1, 2]),
        (ReaderQuery("other"), []),
    ])
    func `all readers that match are listed in their order`(query: ReaderQuery, indices: [Int]) {
        #expect(query.matches(in: readers) == indices.map { readers[$0] })
    }
}
