import CardCrypto
import ISO7816
import TestSupport
import Testing
import ValueElement
import ValueProtocol

/// Power cut at every write of the file or the flash beneath, under every operation that changes something.
@Suite struct AttackPowerStoreTests {
    /// What an element's memory is kept in.
    enum Store: CaseIterable {
        /// Each commit is appended.
        case file
        case flash
        /// A flash of which the operation erases a page.
        case fullFlash
        case flashInFile
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let op: OperationCode
        let isMeter: Bool
        let store: Store
        var testDescription: String { "\(op) on a \(isMeter ? "meter" : "card"), \(store)" }

        fileprivate var image: ElementImage { isMeter ? World.issuedMeter() : World.issuedCard() }
        fileprivate var eid: PartyID { isMeter ? World.gasMeter : World.card }

        static let all = OperationCode.allCases.flatMap { op in
            [false, true].flatMap { isMeter in Store.allCases.map { Case(op: op, isMeter: isMeter, store: $0) } }
        }.filter { !($0.isMeter ? OperationRules.cardsAlone : OperationRules.metersAlone).contains($0.op) }
    }

    /// A memory in one store, made anew for each cut.
    private final class Stored {
        let failure = FailureSwitch()
        let flash = SimulatedFlash(FlashGeometry(pages: 8, pageSize: 1024, unit: 16))
        private let folder: TemporaryFolder
        private let item: Case
        private var path: String { folder.path(of: "memory") }

        /// - Parameter commits: how often its records were committed before.
        init(_ item: Case, after commits: Int) throws {
            (folder, self.item) = (try TemporaryFolder(isInMemory: true), item)
            let records = ValueCard.records(item.image)
            let memory: any NonVolatileMemory
            switch item.store {
            case .file: memory = try FileMemory.create(at: path, records)
            case .flash, .fullFlash: memory = try FlashMemory.create(on: flash, records)
            case .flashInFile:
                try FileFlash.create(at: path, records, geometry: flash.geometry)
                return
            }
            let same = records.sorted { $0.key < $1.key }.map { RecordChange($0.key, $0.value) }
            for _ in 0..<commits { try memory.commit(same) }
        }

        /// Opens it, as after a power cut.
        func open() throws -> Victim {
            failure.restorePower()
            return try Victim(over: try memory(), failure)
        }

        private func memory() throws -> any NonVolatileMemory {
            switch item.store {
            case .file: return try FileMemory(at: path, failure: failure)
            case .flash, .fullFlash:
                flash.failure = failure
                return try FlashMemory(on: flash)
            case .flashInFile:
                let flash = try FileFlash(at: path)
                flash.failure = failure
                return try FlashMemory(on: flash)
            }
        }

    }

    private func open(_ item: Case, _ victim: Victim) throws -> Session {
        let purpose = item.op.purpose ?? .usage
        let isTransfer = purpose == .transfer
        return try victim.session(
            KeyName(purpose, 1), key: isTransfer ? World.kx : nil, pid: isTransfer ? World.gasMeter : World.host)
    }

    /// What an undisturbed operation does.
    private struct Undisturbed {
        let before: [RecordName: [UInt8]]
        let after: [RecordName: [UInt8]]
        let image: ElementImage
        let writes: Int
        /// Whether it erased a page of the flash.
        let isTurn: Bool

        init(_ item: Case, _ stored: Stored, _ open: (Victim) throws -> Session) throws {
            let victim = try stored.open()
            var session = try open(victim)
            before = try victim.records
            let erasures = stored.flash.erasures
            stored.failure.cutPower(atWrite: .max, keeping: .nothing)
            let plaintext = World.plaintext(item.op, on: item.eid, victim.suite)
            #expect(try session.execute(item.op, plaintext).status == .done)
            (after, image, writes) = (try victim.records, try victim.image, stored.failure.writes)
            isTurn = stored.flash.erasures != erasures
        }
    }

    /// How often the records are committed before, so that the operation meets the store's own work.
    private func commits(before item: Case) throws -> (Int, Undisturbed) {
        let needsTurn = item.store == .fullFlash
        // A page is full after a few commits.
        for commits in 0..<(needsTurn ? 60 : 1) {
            let model = try Undisturbed(item, try Stored(item, after: commits)) { try open(item, $0) }
            if !needsTurn || model.isTurn || model.before == model.after { return (commits, model) }
        }
        throw NoTurn(item: item)
    }

    private struct NoTurn: Error {
        let item: Case
    }

    /// Afterwards the memory holds the complete state before or after, STATUS reports which, and what is sent again is
    /// applied once.
    @Test(arguments: Case.all) func `the whole state before or after`(item: Case) throws {
        let (commits, model) = try commits(before: item)
        #expect((model.writes == 0) == (model.before == model.after), "\(model.writes)")
        guard model.writes > 0 else { return }
        for portion in FailureSwitch.Portion.allCases {
            for write in 1...model.writes {
                let stored = try Stored(item, after: commits)
                var victim: Victim? = try stored.open()
                var session: Session? = try victim.map { try open(item, $0) }
                let plaintext = World.plaintext(item.op, on: item.eid, try CipherSuite())
                let command = try #require(try session?.command(item.op, plaintext))
                stored.failure.cutPower(atWrite: write, keeping: portion)
                #expect(throws: CardError(.cardUnresponsive, subject: "")) { try victim?.send(command) }
                // Its file is locked until then.
                (session, victim) = (nil, nil)
                let again = try stored.open()
                let found = try again.records
                let isApplied = found == model.after
                #expect(isApplied || found == model.before, "\(item.testDescription), \(portion), write \(write)")
                var repeated = try open(item, again)
                let outcome = try repeated.execute(item.op, plaintext)
                if item.op.isNumbered { #expect(outcome.status == (isApplied ? .alreadyApplied : .done)) }
                if item.op == .debit { #expect(outcome.status == (isApplied ? .stale : .done)) }
                let kept = try again.image
                #expect(
                    kept.purses == model.image.purses && kept.kept == model.image.kept
                        && kept.state == model.image.state, "\(item.testDescription), \(portion), write \(write)")
            }
        }
    }

    /// INITIALIZE: the number of a session is stored before it is sent, and is never sent twice.
    @Test(arguments: Store.allCases) func `no session's number is used twice`(store: Store) throws {
        let item = Case(op: .status, isMeter: false, store: store)
        let stored = try Stored(item, after: 0)
        var last: UInt32 = 0
        for round in 0..<60 {
            let victim = try stored.open()
            let portion = FailureSwitch.Portion.allCases[round % 3]
            stored.failure.cutPower(atWrite: 1 + round % 7, keeping: portion)
            do {
                for _ in 0..<3 {
                    let answer = try victim.send(0x80, 0x50, 1, 1, [UInt8](repeating: 0, count: 24)).data
                    let nt = answer[8..<12].reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
                    #expect(nt > last, "\(round)")
                    last = nt
                }
            } catch {
                #expect((error as? CardError)?.code == .cardUnresponsive, "\(error)")
            }
        }
        #expect(last > 20)
    }
}

extension OperationCode {
    /// Whether the element keeps its HTXN.
    fileprivate var isNumbered: Bool { [.storeCredit, .refund, .convertTariff].contains(self) }
}
