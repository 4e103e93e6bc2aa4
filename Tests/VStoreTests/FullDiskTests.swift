import CardCrypto
import DurableFiles
import Foundation
import HeadEnd
import ISO7816
import Records
import SystemPackage
import TestPrograms
import Testing
import ValueElement
import ValueProtocol

@testable import vstore

/// A disk that is full is told as that, with what to do.
@Suite struct FullDiskTests {
    @Test(arguments: [Errno.noSpace, .diskQuotaExceeded]) func `the cause is found behind other errors`(number: Errno) {
        let file = FileError(.diskFull, "/a", cause: number)
        for error: any Error in [
            file, MemoryError(.writeFailed, "/a", cause: file), MemoryError(.writeFailed, "/a", cause: number),
        ] {
            #expect(explained(error).hasSuffix(FullDisk.remedy), "\(explained(error))")
        }
        let other = MemoryError(
            .writeFailed, "/a", cause: FileError(.notPermitted, "/a", cause: Errno.permissionDenied))
        #expect(!explained(other).contains(FullDisk.remedy))
    }

    /// A card's memory in a file that takes nothing.
    private final class FullMemory: NonVolatileMemory {
        private let records: [RecordName: [UInt8]]

        init(_ records: [RecordName: [UInt8]]) { self.records = records }

        func load() throws(MemoryError) -> [RecordName: [UInt8]] { records }

        func commit(_ changes: [RecordChange]) throws(MemoryError) {
            throw MemoryError(.writeFailed, "/a/card", cause: Errno.noSpace)
        }
    }

    /// The card itself answers no more than 6581.
    @Test func `the file of an emulated card is named`() throws {
        let key = Secret(copying: [UInt8](repeating: 1, count: 16))
        let blank = ValueCard.blank(PartyID(issuer: 1, kind: .subscriberCard, number: 1), transportKey: key)
        let card = try ValueCard(FullMemory(blank), name: "/a/card")
        let channel = CardFileChannel(try InProcessChannel(card), to: card)
        let initialize = try CommandAPDU([0x80, 0x50, 0x04, 0x00, 0x18] + [UInt8](repeating: 0, count: 24))
        let sendings: [() throws -> ResponseAPDU] = [
            { try channel.transmit(initialize) }, { try channel.transmit(bytes: initialize.bytes) },
        ]
        for send in sendings {
            let error = try #require(throws: CardError.self) { try send() }
            for failure: any Error in [
                error, SessionError(.noAnswer, "INITIALIZE", cause: error),
                HostError(.noSession, "a card", cause: SessionError(.noAnswer, "INITIALIZE", cause: error)),
            ] {
                #expect(explained(failure).contains("/a/card") && explained(failure).hasSuffix(FullDisk.remedy))
                #expect(exitStatus(of: failure) == .file)
            }
        }
        // What changes nothing is answered.
        #expect(try channel.transmit(CommandAPDU([0x00, 0xCA, 0x01, 0x00, 0x00])).status == .success)
        #expect(card.memoryFailure == nil)
    }

    /// /dev/full answers every write as a full disk does.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func `a file that a user named is named, and the option for another`() throws {
        try VStoreProgram.withHome { vstore in
            _ = try vstore.run(
                "card blank --file card --id 00A1B2C3-10-011234 --transport-key-file -",
                input: "00112233445566778899AABBCCDDEEFF\n")
            let trace = try vstore.run("apdu send --card card 00CA010000 --trace-file /dev/full --trace-format json")
            #expect(trace.status == 74)
            #expect(
                trace.errors.contains(
                    "/dev/full: no space left on its disk: free some, or choose another place with --trace-file."),
                "\(trace)")
            let junit = try vstore.run("apdu script - --card card --junit /dev/full", input: "00CA010000\n")
            #expect(junit.status == 74)
            #expect(
                junit.errors.contains(
                    "/dev/full: no space left on its disk: free some, or choose another place with --junit."),
                "\(junit)")
            let output = try vstore.run(
                ["apdu", "send", "--card", "card", "00CA010000"], output: URL(filePath: "/dev/full"))
            #expect(output.status == 74 && output.errors.contains("standard output: no space left"), "\(output)")
        }
    }
}
