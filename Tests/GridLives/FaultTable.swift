import Grid
import HeadEnd
import PowerLine
import ValueProtocol

/// What happened to how many messages of each kind, in all lives.
package struct FaultTable: Sendable {
    /// The messages of a trunk, by their names in `trunk.proto`, in both directions where both say them.
    package enum TrunkMessageKind: String, CaseIterable, Sendable {
        case helloUp = "hello, up"
        case helloDown = "hello, down"
        case exchanges, cancel, acknowledge
        case acknowledgeReports = "acknowledge_reports"
        case credit, accepted, answers, reports
    }

    /// What happens to a message of a trunk.
    package enum TrunkFault: String, CaseIterable, Sendable {
        /// It and all that follows it, until the connection is given up.
        case lost
        case doubled, late
        /// A bit of a command or a response is inverted; where a message has none, the connection ends.
        case corrupted
        /// The one behind it arrives before it.
        case reordered
        /// The connection ends in place of it.
        case cut
        /// Who sent it dies once it has arrived; who receives it before or after it is received.
        case senderKilled = "sender killed"
        case receiverKilled = "receiver killed before"
        case receiverKilledAfter = "receiver killed after"
    }

    /// The frames of a line, by the first of a sending.
    package enum FrameKind: String, CaseIterable, Sendable {
        case discover = "UI DISCOVER"
        case assign = "UI ASSIGN"
        case present = "UI answer to DISCOVER"
        case connect = "SNRM"
        case connected = "UA"
        case command = "I, command"
        case answer = "I, response"
        case poll = "RR, unit"
        case ready = "RR, meter"
        case notConnected = "DM"
    }

    /// What happens to a sending on a line.
    package enum FrameFault: String, CaseIterable, Sendable {
        case lost, doubled, late
        /// A bit is inverted.
        case corrupted
        case unitKilled = "local unit killed"
        case powerCut = "meter's power cut"
    }

    /// The commands of a contact.
    package enum CommandKind: String, CaseIterable, Sendable {
        case select = "SELECT"
        case initialize = "INITIALIZE"
        case status = "STATUS"
        case storeCredit = "STORE CREDIT"
        case refund = "REFUND"
        case convertTariff = "CONVERT TARIFF"
        case account = "ACCOUNT"
        case readUsage = "READ USAGE"
        case setClock = "SET CLOCK"
    }

    /// What happens to a command at one of its stations.
    package enum CommandFault: String, CaseIterable, Sendable {
        /// The element carries it out, and says nothing.
        case unanswered
        /// The element gets it twice.
        case doubled
        case powerBefore = "power cut before"
        case powerAfter = "power cut after"
        /// A bit of the answer is inverted where the line ends.
        case answerCorrupted = "answer corrupted"
        case hostKilled = "host killed as it is sent"
        case hostKilledAfter = "host killed as it is answered"
        case areaKilled = "area unit killed"
        case unitKilled = "local unit killed"
        /// The host takes it back.
        case takenBack = "taken back"
    }

    /// What an element writes down.
    package enum WriteKind: String, CaseIterable, Sendable {
        case storeCredit = "STORE CREDIT"
        case refund = "REFUND"
        case convertTariff = "CONVERT TARIFF"
        case initialize = "INITIALIZE"
    }

    /// How an element's power fails in a write.
    package enum WriteFault: String, CaseIterable, Sendable {
        case nothing = "nothing written"
        case half = "half written"
        case everything = "all written"
    }

    /// What a host writes down.
    package enum RecordKind: String, CaseIterable, Sendable {
        /// A good S2, by the authority.
        case session
        case begin, beginAgain, conclude, status, use, events, readingEnd, clock, beginSettingClock, endSettingClock
    }

    /// What happens to a write of the host.
    package enum RecordFault: String, CaseIterable, Sendable {
        case refused = "disk refuses"
        case killedBefore = "host killed before the commit"
        case killedAfter = "host killed after the commit"
    }

    /// How often each kind met each fault.
    package struct Cells<Kind: CaseIterable & Hashable & Sendable, Fault: CaseIterable & Hashable & Sendable>: Sendable
    where Kind: RawRepresentable<String>, Fault: RawRepresentable<String> {
        private struct Cell: Hashable, Sendable {
            let kind: Kind
            let fault: Fault
        }

        private var counts: [Cell: Int] = [:]
        /// How often each kind was seen at all.
        private var seen: [Kind: Int] = [:]

        mutating func see(_ kind: Kind) { seen[kind, default: 0] += 1 }
        mutating func hit(_ kind: Kind, _ fault: Fault) { counts[Cell(kind: kind, fault: fault), default: 0] += 1 }

        package func count(_ kind: Kind, _ fault: Fault) -> Int { counts[Cell(kind: kind, fault: fault)] ?? 0 }

        mutating func add(_ other: Self) {
            counts.merge(other.counts, uniquingKeysWith: +)
            seen.merge(other.seen, uniquingKeysWith: +)
        }

        func rows(_ isPossible: (Kind, Fault) -> Bool) -> [[String]] {
            Kind.allCases.map { kind in
                [kind.rawValue, "\(seen[kind] ?? 0)"]
                    + Fault.allCases.map { isPossible(kind, $0) ? "\(count(kind, $0))" : "–" }
            }
        }

        func all(_ isPossible: (Kind, Fault) -> Bool) -> [Int] {
            Kind.allCases.flatMap { kind in Fault.allCases.filter { isPossible(kind, $0) }.map { count(kind, $0) } }
        }
    }

    package var trunk = Cells<TrunkMessageKind, TrunkFault>()
    package var line = Cells<FrameKind, FrameFault>()
    package var commands = Cells<CommandKind, CommandFault>()
    package var writes = Cells<WriteKind, WriteFault>()
    package var records = Cells<RecordKind, RecordFault>()

    package init() {}

    package mutating func add(_ other: FaultTable) {
        trunk.add(other.trunk)
        line.add(other.line)
        commands.add(other.commands)
        writes.add(other.writes)
        records.add(other.records)
    }

    /// The counts of all cells.
    private var counts: [Int] {
        trunk.all(Self.canHappen) + line.all(Self.canHappen) + commands.all { _, _ in true }
            + writes.all { _, _ in true } + records.all { _, _ in true }
    }

    /// The least count of any cell.
    package var least: Int { counts.min() ?? 0 }

    /// The number of cells whose count is above a number.
    package func cellCount(above number: Int) -> Int { counts.count { $0 > number } }

    /// Whose power is cut where a frame is for all?
    private static func canHappen(_ kind: FrameKind, _ fault: FrameFault) -> Bool {
        fault != .powerCut || (kind != .discover && kind != .assign)
    }

    /// Nothing is behind a hello before it is answered.
    private static func canHappen(_ kind: TrunkMessageKind, _ fault: TrunkFault) -> Bool {
        fault != .reordered || (kind != .helloUp && kind != .helloDown)
    }

    /// As tables in Markdown.
    package var description: String {
        [
            Self.text("Messages of the trunks", TrunkFault.allCases.map(\.rawValue), trunk.rows(Self.canHappen)),
            Self.text("Sendings on the lines", FrameFault.allCases.map(\.rawValue), line.rows(Self.canHappen)),
            Self.text("Commands", CommandFault.allCases.map(\.rawValue), commands.rows { _, _ in true }),
            Self.text(
                "Power cut in an element's write", WriteFault.allCases.map(\.rawValue), writes.rows { _, _ in true }),
            Self.text("Writes of the host", RecordFault.allCases.map(\.rawValue), records.rows { _, _ in true }),
        ].joined(separator: "\n\n")
    }

    private static func text(_ title: String, _ faults: [String], _ rows: [[String]]) -> String {
        let head = [title, "seen"] + faults
        let rule = head.indices.map { $0 == 0 ? "---" : "--:" }
        return ([head, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }
}

extension FaultTable.TrunkMessageKind {
    init(_ message: TrunkMessage, up: Bool) {
        self =
            switch message {
            case .hello: up ? .helloUp : .helloDown
            case .exchanges: .exchanges
            case .cancel: .cancel
            case .acknowledge: .acknowledge
            case .acknowledgeReports: .acknowledgeReports
            case .credit: .credit
            case .accepted: .accepted
            case .answers: .answers
            case .reports: .reports
            }
    }
}

extension FaultTable.FrameKind {
    /// Nil for a frame that neither a unit nor a meter of these lives sends.
    init?(_ frame: HDLCFrame) {
        let isCommand = frame.direction == .command
        switch frame.control {
        case .unnumberedInformation:
            switch StationMessage(frame.information) {
            case .discover: self = .discover
            case .assign: self = .assign
            case .present: self = .present
            case .release, nil: return nil
            }
        case .setNormalResponseMode: self = .connect
        case .unnumberedAcknowledgement: self = .connected
        case .information: self = isCommand ? .command : .answer
        case .receiveReady: self = isCommand ? .poll : .ready
        case .disconnectedMode: self = .notConnected
        default: return nil
        }
    }
}

// Rare kinds meet faults more often than others, so that each has met every fault in a campaign.
extension FaultTable.CommandKind {
    var weight: Double {
        switch self {
        case .select, .initialize, .status: 1
        case .account, .readUsage: 1.5
        case .storeCredit: 3
        case .refund, .convertTariff, .setClock: 8
        }
    }
}

extension FaultTable.FrameKind {
    var weight: Double {
        switch self {
        case .command, .answer: 1
        case .poll, .connect, .connected, .discover: 3
        case .ready, .present: 5
        case .assign: 10
        case .notConnected: 20
        }
    }
}

extension FaultTable.TrunkMessageKind {
    var weight: Double {
        switch self {
        case .exchanges, .acknowledge, .credit, .accepted, .answers: 1
        case .acknowledgeReports, .reports: 3
        case .helloUp, .helloDown: 8
        case .cancel: 30
        }
    }
}

extension FaultTable.RecordKind {
    var weight: Double {
        switch self {
        case .session, .status: 1
        case .begin, .conclude, .use: 3
        case .events, .readingEnd, .clock, .beginSettingClock, .endSettingClock: 8
        case .beginAgain: 20
        }
    }
}

extension FaultTable.CommandKind {
    /// Nil for a command that no contact of these lives sends.
    init?(_ command: [UInt8]) {
        guard command.count >= 4 else { return nil }
        switch (command[1], OperationCode(rawValue: command[2])) {
        case (0xA4, _): self = .select
        case (0x50, _): self = .initialize
        case (0x52, .storeCredit): self = .storeCredit
        case (0x52, .refund): self = .refund
        case (0x52, .convertTariff): self = .convertTariff
        case (0x52, .status): self = .status
        case (0x52, .account): self = .account
        case (0x52, .readUsage): self = .readUsage
        case (0x52, .setClock): self = .setClock
        default: return nil
        }
    }

    var write: FaultTable.WriteKind? {
        switch self {
        case .storeCredit: .storeCredit
        case .refund: .refund
        case .convertTariff: .convertTariff
        case .initialize: .initialize
        default: nil
        }
    }
}

extension FaultTable.RecordKind {
    /// Nil for a request that changes nothing, or that these lives do not make.
    init?(_ request: RecordRequest) {
        switch request {
        case .begin: self = .begin
        case .beginAgain: self = .beginAgain
        case .conclude: self = .conclude
        case .status: self = .status
        case .use: self = .use
        case .events: self = .events
        case .readingEnd: self = .readingEnd
        case .clock: self = .clock
        case .beginSettingClock: self = .beginSettingClock
        case .endSettingClock: self = .endSettingClock
        default: return nil
        }
    }
}
