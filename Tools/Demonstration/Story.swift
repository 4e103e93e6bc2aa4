import HeadEnd
import Issuing
import Meter
import Records
import RecordsSQLite
import ValueElement
import ValueProtocol

/// The whole path of value, from a key ceremony to the books at the end.
final class Story {
    let stage: any Stage
    let narrator: Narrator
    let suite: CipherSuite
    let host: HostKeys
    let records: RecordFile
    var meters: [UtilityService: OffLineMeter] = [:]
    /// What was bought, by service: the only source of value.
    var bought: [UtilityService: Amount] = [:]

    init(on stage: any Stage, narrator: Narrator) throws {
        self.stage = stage
        self.narrator = narrator
        suite = try CipherSuite()
        host = try HostKeys(pid: Cast.host)
        records = try RecordFile.inMemory(auditKey: host.auditKey)
    }

    /// Plays it all.
    ///
    /// - Throws: `StoryError` where an expectation does not hold, or what a chapter throws.
    func play() throws {
        narrator.begin("On stage: \(stage.description)")
        try holdCeremony()
        try issueMeters()
        try issueCard()
        try loadAndRedeem()
        try loseTheField()
        try attack()
        try closeBooks()
    }

    var meter: OffLineMeter {
        get throws {
            guard let meter = meters[.gas] else { throw StoryError("the gas meter is missing") }
            return meter
        }
    }

    func client() throws -> ElementClient {
        ElementClient(records: records, authority: try host.authority(register: records))
    }

    /// Checks an expectation on which the story depends.
    func require(_ condition: Bool, _ expectation: String) throws {
        guard condition else { throw StoryError(expectation) }
    }
}

/// An expectation of the story does not hold: a fault of this program, or a card that is not what it claims to be.
public struct StoryError: Error, CustomStringConvertible {
    let expectation: String
    init(_ expectation: String) { self.expectation = expectation }
    public var description: String {
        "The story does not hold: \(expectation). Run it again with --trace to see each command."
    }
}
