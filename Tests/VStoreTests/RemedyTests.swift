import CardCrypto
import CardIO
import ContactInterface
import Diagnostics
import DurableFiles
import Foundation
import GlobalPlatform
import Grid
import ISO7816
import Issuing
import Ledger
import Meter
import MeterBench
import NetworkIdentity
import PowerLine
import Records
import SupplyRulesText
import Telemetry
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
    /// Checks what is said of every code: the cause, then one remedy in whole sentences; and how the program ends.
    private func check<Failing: DiagnosticError & RemedyProviding & ExitStatusProviding>(
        _ make: (Failing.Code) -> Failing
    ) {
        for code in Failing.Code.allCases {
            let error = make(code)
            #expect(error.remedy.hasSuffix("."), "\(Failing.self) \(code)")
            #expect(explained(error).hasPrefix("\(error)") && explained(error).hasSuffix(error.remedy))
            #expect(error.exitStatus != .done)
            #expect(!"\(code)".contains("is there"), "\(Failing.self) \(code)")
        }
    }

    @Test func `every code of an error has a remedy and an exit status`() {
        check { APDUError($0, count: 1) }
        check { ATRError($0, offset: 1) }
        check { BenchError($0, "x") }
        check { CSVError($0, line: 1, column: 1) }
        check { CardError($0, subject: "x") }
        check { CeremonyError($0, "x") }
        check { CryptoError($0, "x") }
        check { DataFault($0, "x", offset: 1) }
        check { DictionaryError($0, file: "x", detail: "y") }
        check { FileError($0, "x") }
        check { GlobalPlatformError($0, "x") }
        check { HostError($0, "x") }
        check { InterindustryError($0, "x") }
        check { IssueError($0, "x") }
        check { JournalError($0, "x") }
        check { KnownCardsError($0, "x") }
        check { LedgerError($0, "x") }
        check { LineError($0, "x") }
        check { LoadProfileError($0, line: 1) }
        check { MasterKeyError($0, "x") }
        check { MemoryCardError($0, "x") }
        check { IdentityError($0, "x") }
        check { MemoryError($0, "x") }
        check { MeterError($0, "x") }
        check { MeterListError($0, "x") }
        check { RelayFailure($0, isConnected: false) }
        check { ScriptError($0, line: 1, text: "x") }
        check { SessionError($0, "x") }
        check { ShellError($0, "x") }
        check { SpyError($0, "x") }
        check { SupplyRulesError($0, SupplyRulesField(.source)) }
        check { SupplyRulesTextError($0, line: 1) }
        check { TariffEntryError($0, "x") }
        check { TelemetryError($0, "x") }
        check { TLVError($0, offset: 1) }
        check { TraceFileError($0, file: "x", line: 1, found: "y") }
        check { TransmissionError($0, subject: "x") }
        check { TrunkError($0, "x") }
        check { UnitError($0, "x") }
        check { WorkplaceError($0, "x") }
    }

    /// The test above names each error that a library throws.
    @Test func `no error is left out`() throws {
        let sources = URL(filePath: #filePath).appending(path: "../../../Sources").standardizedFileURL
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        let test = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
        var count = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                // Few lines are worth a regular expression.
                guard line.contains("Error") && line.hasSuffix("{"),
                    let found = line.firstMatch(
                        of: /^\s*public (?:struct|enum) (\w+): .*\b(?:DiagnosticError|StatusError)\b.*\{$/)
                else { continue }
                #expect(test.contains("check { \(found.output.1)("), "\(found.output.1)")
                count += 1
            }
        }
        #expect(count >= 33)
    }

    @Test func `how the program ends for errors of files and bytes`() {
        #expect(exitStatus(of: FileError(.missing, "x")) == .file)
        #expect(exitStatus(of: KnownCardsError(.malformedPattern, "x")) == .file)
        #expect(exitStatus(of: TLVError(.truncatedValue, offset: 2)) == .refused)
        #expect(exitStatus(of: APDUError(.lengthMismatch, count: 2)) == .refused)
        #expect(exitStatus(of: ATRError(.truncated, offset: 2)) == .refused)
        #expect(exitStatus(of: ShellError(.noAnswer, "tlv")) == .usage)
    }

    @Test func `how the program ends for errors of cards`() {
        let statuses: [(vstore.ExitStatus, [CardError.Code])] = [
            (.file, [.credentialsUnusable]), (.interrupted, [.cancelled]),
            (.refused, [.unsupported, .noPinpad, .pinEntryTimedOut, .pinsDiffer, .sessionEnded]),
            (.unreachable, [.noReader, .cardUnresponsive, .deadlineExceeded, .notAuthentic]),
            (.ownFault, [.noThread, .waitsForItself]),
        ]
        for (status, codes) in statuses {
            for code in codes { #expect(exitStatus(of: CardError(code, subject: "x")) == status, "\(code)") }
        }
        let file = CardError(.cardUnresponsive, subject: "x", cause: MemoryError(.corrupt, "x"))
        #expect(exitStatus(of: file) == .file)
    }

    /// The code decides, whatever the subject says.
    @Test func `only a key change without a valid answer is in doubt`() {
        let lost = CardError(.cardRemoved, subject: "Reader 1")
        #expect(exitStatus(of: GlobalPlatformError(.keyChangeInDoubt, "PUT KEY", cause: lost)) == .inDoubt)
        #expect(exitStatus(of: GlobalPlatformError(.checkValueDiffers, "PUT KEY, version 1")) == .inDoubt)
        #expect(exitStatus(of: GlobalPlatformError(.noAnswer, "PUT KEY", cause: lost)) == .unreachable)
        #expect(exitStatus(of: GlobalPlatformError(.notAuthentic, "PUT KEY")) == .refused)
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

    @Test func `what the books refuse is told with the ledger's reason and remedy`() {
        let text = explained(HostError(.booksRefuse, "slip 7", cause: LedgerError(.notEnoughValue, "corrections")))
        #expect(text.hasPrefix("slip 7: the books refuse it (corrections: does not hold enough value). "))
        #expect(text.hasSuffix(LedgerError(.notEnoughValue, "").remedy))
    }

    @Test func `where several readers fit the remedy names them`() throws {
        let error = #expect(throws: CardError.self) { try ReaderQuery.only.resolve(in: ["Alpha 00", "Beta 01"]) }
        #expect(explained(try #require(error)).contains("0: Alpha 00; 1: Beta 01"))
    }
}
