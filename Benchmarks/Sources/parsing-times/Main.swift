import CParsingPeers
import ISO7816
import ParsingSubjects

/// Prints the time of each operation, ours and the C peers', one per line: `subject TAB who TAB nanoseconds`.
/// Every figure is the minimum of several turns, which alternate, so that a disturbance affects both.
@main
struct Main {
    static func main() throws {
        if CommandLine.arguments.dropFirst() == ["--samples"] { return printSamples() }
        for (name, bytes) in [("tlv walk, 41 bytes", Samples.selectAnswer), ("tlv walk, 208 bytes", Samples.record)] {
            guard try Subjects.walk(bytes.span) == Int(peer_walk_tlv(bytes, bytes.count)) else {
                throw Disagreement(subject: name)
            }
            try compare(
                name, ours: { sink &+= try Subjects.walk(bytes.span) },
                peer: ("libcrypto", { sink &+= Int(peer_walk_tlv(bytes, bytes.count)) }))
        }
        try building()
        let hasOpenSC = peer_has_opensc() != 0
        let command = Samples.command
        let response = Samples.response
        if hasOpenSC, peer_parse_command(command, command.count) != 0 { throw Disagreement(subject: "command") }
        try compare(
            "command parse, 30 bytes", ours: { sink &+= try Subjects.readCommand(command.span) },
            peer: hasOpenSC ? ("libopensc", { sink &+= Int(peer_parse_command(command, command.count)) }) : nil)
        try compare("response parse, 46 bytes", ours: { sink &+= try Subjects.readResponse(response.span) })
        try compare("tlv tree, 208 bytes", ours: { sink &+= try TLV(Samples.record).children.count })
        try compare("atr parse, 18 bytes", ours: { sink &+= try AnswerToReset(Samples.answerToReset).levels.count })
    }

    /// The bytes, for peers in other languages: `subject TAB hexadecimal digits`.
    private static func printSamples() {
        for (subject, bytes) in [
            ("tlv walk, 41 bytes", Samples.selectAnswer), ("tlv walk, 208 bytes", Samples.record),
            ("tlv build, 41 bytes", Samples.selectAnswer), ("tlv tree, 208 bytes", Samples.record),
            ("atr parse, 18 bytes", Samples.answerToReset),
        ] {
            print(subject, bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(), separator: "\t")
        }
    }

    private static func building() throws {
        let name = [UInt8](Samples.selectAnswer[4..<11])
        let keys = [UInt8](Samples.selectAnswer.suffix(10))
        let data = [UInt8](Samples.command[5..<29])
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64)
        bytes.reserveCapacity(64)
        let count = peer_build_tlv(&buffer)
        guard buffer.prefix(count).elementsEqual(Samples.selectAnswer) else { throw Disagreement(subject: "tlv build") }
        try compare(
            "tlv build, 41 bytes",
            ours: {
                bytes.removeAll(keepingCapacity: true)
                try bytes.append(addingCapacity: 64) { (buffer) throws(TLVError) in
                    try Subjects.buildSelectAnswer(into: &buffer, name: name.span, keys: keys.span)
                }
            }, peer: ("libcrypto", { sink &+= peer_build_tlv(&buffer) }))
        guard bytes == Samples.selectAnswer else { throw Disagreement(subject: "tlv build") }
        try compare(
            "command build, 30 bytes",
            ours: {
                bytes.removeAll(keepingCapacity: true)
                try bytes.append(addingCapacity: 64) { (buffer) throws(APDUError) in
                    try Subjects.buildCommand(into: &buffer, data: data.span)
                }
            })
        guard bytes == Samples.command else { throw Disagreement(subject: "command build") }
    }

    /// Our answer and the peer's differ, so that their times cannot be compared.
    struct Disagreement: Error, CustomStringConvertible {
        let subject: String
        var description: String { "\(subject): ours and the peer's differ" }
    }
}

/// Collects the results, so that the optimiser does not remove the work.
nonisolated(unsafe) var sink = 0

private func compare(
    _ subject: String, ours: () throws -> Void, peer: (name: String, run: () throws -> Void)? = nil
) throws {
    var least = (ours: Double.infinity, peer: Double.infinity)
    for _ in 0..<7 {
        least.ours = min(least.ours, try nanoseconds(ours))
        if let peer { least.peer = min(least.peer, try nanoseconds(peer.run)) }
    }
    print("\(subject)\tours\t\(least.ours)")
    if let peer { print("\(subject)\t\(peer.name)\t\(least.peer)") }
}

@inline(never)
private func nanoseconds(_ body: () throws -> Void) rethrows -> Double {
    let turns = 200_000
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<turns { try body() }
    let passed = (clock.now - start).components
    return (Double(passed.seconds) * 1e9 + Double(passed.attoseconds) / 1e9) / Double(turns)
}
