import CardCrypto
import CardIO
import ContactInterface
import Diagnostics
import Foundation
import GlobalPlatform
import ISO7816
import Issuing
import Meter
import MeterBench
import PowerLine
import Records
import TestPrograms
import Testing
import ValueElement
import ValueProtocol

@testable import CardRelay
@testable import CardScript
@testable import CardTrace
@testable import HeadEnd
@testable import vstore

/// What the program tells a person to do.
@Suite struct RemedyTests {
    /// Checks what is said of every code: the cause, then one remedy in whole sentences.
    private func check<Failing: DiagnosticError & RemedyProviding>(_ make: (Failing.Code) -> Failing) {
        for code in Failing.Code.allCases {
            let error = make(code)
            #expect(error.remedy.hasSuffix("."), "\(Failing.self) \(code)")
            #expect(explained(error).hasPrefix("\(error)") && explained(error).hasSuffix(error.remedy))
        }
    }

    @Test func `every code of an error has a remedy`() {
        check { BenchError($0, "x") }
        check { CSVError($0, line: 1, column: 1) }
        check { CardError($0, subject: "x") }
        check { CeremonyError($0, "x") }
        check { CryptoError($0, "x") }
        check { DictionaryError($0, file: "x", detail: "y") }
        check { GlobalPlatformError($0, "x") }
        check { HostError($0, "x") }
        check { InterindustryError($0, "x") }
        check { IssueError($0, "x") }
        check { JournalError($0, "x") }
        check { LineError($0, "x") }
        check { LoadProfileError($0, line: 1) }
        check { MasterKeyError($0, "x") }
        check { MemoryCardError($0, "x") }
        check { MemoryError($0, "x") }
        check { MeterError($0, "x") }
        check { MeterListError($0, "x") }
        check { RelayAuthorityError($0, "x") }
        check { ScriptError($0, line: 1, text: "x") }
        check { SessionError($0, "x") }
        check { SpyError($0, "x") }
        check { TraceFileError($0, file: "x", line: 1, found: "y") }
        check { TransmissionError($0, subject: "x") }
        check { WorkplaceError($0, "x") }
    }

    /// Each file of remedies is for one error, which the test above names.
    @Test func `no error is left out`() throws {
        let folder = URL(filePath: #filePath).appending(path: "../../../Tools/vstore/Errors/Remedies")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.standardizedFileURL.path).map {
            $0.split(separator: "+")[0]
        }
        let test = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
        for name in names { #expect(test.contains("check { \(name)("), "\(name)") }
    }

    @Test(arguments: [
        (CardError.Code.noDriver, "libccid"), (.noDriver, "maker's"), (.readerTaken, "scdaemon"),
        (.notAllowed, "polkit"), (.serviceLost, "Connect again"), (.notConnected, "Connect again"),
        (.noVirtualReader, "vsmartcard-vpcd"),
    ])
    func `a remedy names what helps`(code: CardError.Code, word: String) {
        #expect(CardError(code, subject: "reader").remedy.contains(word))
    }

    @Test func `of an error within another the outer remedy alone is reported`() {
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
