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
        for reader in readers { #expect("\(error?.cause as? ConnectedReaders)".contains(reader)) }
    }

    @Test func `the only reader needs no name`() throws {
        #expect(try ReaderQuery.only.resolve(in: ["A"]) == "A")
        #expect(throws: CardError(.noReader, subject: "")) { try ReaderQuery("A").resolve(in: []) }
    }

    @Test(arguments: [
        (ReaderQuery("acme"), [0, 1]), (ReaderQuery("00 00"), [0, 1]), (ReaderQuery("0"), [0]), (.only, [0, 1, 2]),
        (ReaderQuery("other"), []),
    ])
    func `all readers that match are listed in their order`(query: ReaderQuery, indices: [Int]) {
        #expect(query.matches(in: readers) == indices.map { readers[$0] })
    }
}
