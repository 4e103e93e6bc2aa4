import ArgumentParser
import CardIO
import CardScript
import CardTrace
import ISO7816

struct APDUReplay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Play a trace as a card, and report where a program deviates from it.",
        discussion: """
            With a script of APDUs its commands go to the recorded card in this process, as vstore apdu script runs it:

              vstore apdu replay desk.jsonl APDU/scripts/read-blank-card.apdu

            With --pcsc the recorded card is in a virtual reader (pcscd with vsmartcard-vpcd), for any PC/SC program, \
            until every command of the trace came, one came that was not recorded, or Ctrl-C. The first command that \
            is not as recorded is shown below the one expected, and the exit status is then 1.
            """)

    @OptionGroup var options: ScriptOptions

    @Flag(name: .long, help: "Put the recorded card into a virtual reader.")
    var pcsc = false

    @Option(name: .long, help: "The port that the virtual reader's slot listens on.", transform: WholeNumber.port)
    var port: UInt16 = VirtualReaderCard.firstPort

    @Option(
        name: .long,
        help: ArgumentHelp("Play this reader's card, of a trace with several.", valueName: "name"))
    var only: String?

    @Flag(name: .long, help: "Accept any data in commands that carry random numbers.")
    var ignoreChallenges = false

    @Option(
        name: .long,
        help: ArgumentHelp("Accept any data in this instruction; may be repeated.", valueName: "ins"),
        transform: TraceInput.instruction)
    var ignore: [UInt8] = []

    @Argument(
        help: ArgumentHelp("The trace, of any form that apdu decode reads.", valueName: "trace"), completion: .file())
    var trace: String

    @Argument(help: ArgumentHelp("A script of APDUs to play against it.", valueName: "script"), completion: .file())
    var script: String?

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard pcsc != (script != nil) else {
            throw ValidationError("Give a script to play against the trace, or --pcsc for other programs.")
        }
        guard !pcsc || options.isEmpty else {
            throw ValidationError("--raw, --define and --secrets are for a script. Leave them out with --pcsc.")
        }
        guard [trace, script, options.secrets].count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("Standard input can be only one of trace, script and secrets.")
        }
    }

    mutating func run() async throws {
        let records = try TraceInput.records(trace, common.console)
        let readers = Set(records.map(\.reader))
        guard only != nil || readers.count <= 1 else {
            let names = readers.sorted().map { "'\($0)'" }.joined(separator: ", ")
            throw ValidationError("\(trace) has several readers. Choose one with --only: \(names).")
        }
        let card = ReplayedCard(
            records, reader: only,
            ignoring: Set(ignore).union(ignoreChallenges ? TraceComparison.challenges : []))
        if let script {
            try play(try Script(at: script, read: TextFile.read), to: card)
        } else {
            try await offer(card)
        }
        common.console.output(
            [
                "played": .number(card.played), "left": .number(card.left),
                "divergence": card.divergence.map { .text("\($0)") } ?? .null,
            ],
            card.divergence.map { ["\($0)"] } ?? ["\(card.played) commands as recorded, \(card.left) left"])
        guard card.divergence == nil else { throw ExitCode(ExitStatus.refused.rawValue) }
    }

    /// - Throws: `ScriptError` of a command that could not be sent.
    private func play(_ script: Script, to card: ReplayedCard) throws {
        let channel = try InProcessChannel(card, name: trace)
        let open = OpenCard(
            channel, name: trace, answerToReset: card.answerToReset, tracer: nil, reset: channel.reset)
        let masks = SecretMasks()
        let results = script.run(
            on: ScriptChannel(open, isRaw: options.raw, masks: masks, tracer: try common.tracer()),
            variables: try options.variables(of: script), onMismatch: .proceed,
            reset: { () throws(CardError) in try channel.reset() }, willSend: { masks.secrets = $0 })
        for case .invalid(let error) in results.map(\.outcome) { throw error }
    }

    private func offer(_ card: ReplayedCard) async throws {
        let watched = WatchedCard(card)
        let virtual = try VirtualReaderCard(watched, port: port)
        try await virtual.insert()
        common.console.notice("\(trace) is in the virtual reader at port \(virtual.port). Ctrl-C removes it.")
        await Interruption.during {
            for await _ in watched.ends { break }
            // The last answer still has to reach the program.
            await virtual.remove(answering: true)
        } whenInterrupted: {
            watched.end()
        }
    }
}

/// A recorded card that reports when there is nothing more to wait for.
private final class WatchedCard: IntegratedCircuitCard, Sendable {
    private let card: ReplayedCard
    let ends: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init(_ card: ReplayedCard) {
        self.card = card
        (ends, continuation) = AsyncStream<Void>.makeStream()
    }

    var answerToReset: [UInt8] { card.answerToReset }

    func reset() throws(CardError) { try card.reset() }

    func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        defer { if card.isFinished || card.divergence != nil { end() } }
        return try card.process(command)
    }

    func end() { continuation.finish() }
}
