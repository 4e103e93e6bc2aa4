import CardIO
import CardScript
import CardTrace
import Diagnostics
import ISO7816
import Issuing
import MeterBench
import Testing
import ValueProtocol

@testable import vstore

/// What the program tells a person to do.
@Suite struct RemedyTests {
    @Test func `every code of an error has a remedy`() {
        for code in CardError.Code.allCases { #expect(!CardError(code, subject: "x").remedy.isEmpty, "\(code)") }
        for code in SessionError.Code.allCases { #expect(!SessionError(code, "x").remedy.isEmpty, "\(code)") }
        for code in ScriptError.Code.allCases { #expect(!code.remedy().isEmpty, "\(code)") }
        for code in CSVError.Code.allCases {
            #expect(!CSVError(code, line: 1, column: 1).remedy.isEmpty, "\(code)")
        }
        for code in LoadProfileError.Code.allCases {
            #expect(!LoadProfileError(code, line: 1).remedy.isEmpty, "\(code)")
        }
    }

    @Test(arguments: [
        (CardError.Code.noDriver, "libccid"), (.noDriver, "maker's"), (.readerTaken, "scdaemon"),
        (.notAllowed, "polkit"), (.serviceLost, "Connect again"), (.notConnected, "Connect again"),
        (.noVirtualReader, "vsmartcard-vpcd"),
    ])
    func `a remedy names what helps`(code: CardError.Code, word: String) {
        #expect(CardError(code, subject: "reader").remedy.contains(word))
    }

    @Test func `of an error within another the outer remedy alone is told`() {
        let inner = CardError(.noCard, subject: "Reader 1")
        let outer = IssueError(.session, "00A1B2C3-10-000001", cause: inner)
        let text = explained(outer)
        #expect(text.contains("no card is in the reader"))
        #expect(text.hasSuffix(outer.remedy))
        #expect(!text.contains(inner.remedy))
    }

    @Test func `where several readers fit the remedy names them`() throws {
        let error = #expect(throws: CardError.self) { try ReaderQuery.only.resolve(in: ["Alpha 00", "Beta 01"]) }
        #expect(explained(try #require(error)).contains("0: Alpha 00; 1: Beta 01"))
    }
}
