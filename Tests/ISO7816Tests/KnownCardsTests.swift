import ISO7816
import Testing

@Suite("The list of known cards") struct KnownCardsTests {
    static let list = KnownCards(
        """
        # a comment
        \tnobody's card
        3B 65 00 00 9C 11 01 01 03
        \tOne card
        \t  Another card  \

        3B 6. 00 00 9C .. 01 01 03
        \tA family
        3b 02 14 50
        \tIn small letters
        """)

    @Test(
        arguments: [
            ([0x3B, 0x65, 0x00, 0x00, 0x9C, 0x11, 0x01, 0x01, 0x03], ["One card", "Another card", "A family"]),
            ([0x3B, 0x66, 0x00, 0x00, 0x9C, 0xAA, 0x01, 0x01, 0x03], ["A family"]),
            ([0x3B, 0x02, 0x14, 0x50], ["In small letters"]), ([0x3B, 0x02, 0x14, 0x50, 0x00], []),
            ([0x3F], []), ([], []),
        ] as [([UInt8], [String])])
    func `names every card whose pattern matches the whole answer`(_ answer: [UInt8], _ cards: [String]) throws {
        #expect(try Self.list.cards(answering: answer) == cards)
    }

    @Test func `lines may end in CR LF`() throws {
        let list = KnownCards("# a comment\r\n3B 02 14 50\r\n\tOne card\r\n\tAnother card\r\n")
        #expect(try list.cards(answering: [0x3B, 0x02, 0x14, 0x50]) == ["One card", "Another card"])
    }

    @Test func `a pattern that is not a regular expression is an error where it comes into question`() throws {
        let list = KnownCards("3B [\n\tBroken\n")
        #expect(try list.cards(answering: [0x3F, 0x00]) == [])
        let error = try #require(throws: KnownCardsError.self) { try list.cards(answering: [0x3B, 0x00]) }
        #expect(error.code == .malformedPattern)
        #expect(error.subject == "3B [")
    }
}
