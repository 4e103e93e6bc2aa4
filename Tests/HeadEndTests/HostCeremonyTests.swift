import CardCrypto
import Foundation
import HeadEnd
import Issuing
import Records
import TestSupport
import TestWorlds
import Testing
import ValueProtocol

@Suite("A ceremony into the host's key file") struct HostCeremonyTests {
    private let files: TemporaryFolder
    private let folder: HostFolder
    private let sheets: [String]
    private static let host = PartyID(issuer: 0xA1B2C3, kind: .host, number: 7)

    init() throws {
        files = try TemporaryFolder(isInMemory: true)
        folder = HostFolder(files.path + "/host")
        try folder.prepare()
        let suite = try CipherSuite()
        sheets = try (1...2 as ClosedRange<UInt8>).flatMap { number in
            try KeyComponent(Secret(copying: [UInt8](repeating: number, count: 16)), suite).typed
        }
    }

    private func plan(_ version: UInt8) throws -> CeremonyPlan {
        try CeremonyPlan(keys: [.init(KeyName(.admin, version), custodians: Array(KeyCustodian.all.prefix(2)))])
    }

    @Test func `a new file is sealed under a passphrase that is typed twice, and grows by the next ceremony`() throws {
        #expect(!folder.hasKeys)
        let people = ScriptedParticipants(
            ["short", "short", "long enough", "long enougH", "long enough", "long enough"] + sheets)
        let made = try HostCeremony(plan(1), in: folder, of: Self.host, with: people).run()
        #expect(made.map(\.name) == [KeyName(.admin, 1)])
        #expect(people.rejections.map { ($0 as? CeremonyError)?.code } == [.passphraseTooShort, .repetitionDiffers])
        #expect(folder.hasKeys)
        _ = try HostCeremony(plan(2), in: folder, of: nil, with: ScriptedParticipants(["long enough"] + sheets)).run()
        let keys = try folder.keyFile.open(passphrase: Secret(copying: Array("long enough".utf8)))
        #expect(keys.pid == Self.host)
        #expect(keys.names == [KeyName(.admin, 1), KeyName(.admin, 2)])
    }

    @Test func `a ceremony that does not end leaves no file, or the file as it was`() throws {
        let begun = ScriptedParticipants(["long enough", "long enough"] + sheets.prefix(2))
        #expect(throws: ScriptedParticipants.NoMoreAnswers.self) {
            try HostCeremony(plan(1), in: folder, of: Self.host, with: begun).run()
        }
        #expect(!folder.hasKeys)
        #expect(throws: HostError(.noFile, "")) {
            try HostCeremony(plan(1), in: folder, of: nil, with: ScriptedParticipants(sheets)).run()
        }
        let people = ScriptedParticipants(["long enough"] + sheets, areInteractive: false)
        _ = try HostCeremony(plan(1), in: folder, of: Self.host, with: people).run()
        let before = try Data(contentsOf: URL(filePath: folder.sealedKeys))
        #expect(throws: CeremonyError(.keyHeld, "")) {
            try HostCeremony(plan(1), in: folder, of: nil, with: ScriptedParticipants(["long enough"] + sheets)).run()
        }
        #expect(throws: HostError(.notAuthentic, "")) {
            try HostCeremony(plan(2), in: folder, of: nil, with: ScriptedParticipants(["wrong words"] + sheets)).run()
        }
        #expect(try Data(contentsOf: URL(filePath: folder.sealedKeys)) == before)
    }
}
