import ArgumentParser
import CardIO
import CardTrace
import Demonstration

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Play the whole path of value, from a key ceremony to the books.",
        discussion: """
            Two custodians make the issuer's keys; a blank card is issued by the master-key card and bound to a gas, \
            a water and a heat meter; credit is bought, loaded, redeemed and used; the field is lost in the middle; \
            commands are tampered with, replayed and forged; the books add up to the last micro-unit.

            It plays with emulated cards in this process. With --pcsc the same cards are in two virtual readers of \
            vsmartcard (pcscd and vsmartcard-vpcd must run); with --master-reader and --subscriber-reader they are \
            real: a master-key card without keys, and a blank card whose transport key is of the master key \
            4B4B4B4B4B4B4B4B4B4B4B4B4B4B4B4B.

              vstore demo
              vstore demo --pcsc
            """)

    @Flag(name: .long, help: "Play through PC/SC, with emulated cards in virtual readers.")
    var pcsc = false

    @Option(
        name: .long,
        help: ArgumentHelp("The virtual reader's first port; its second slot is the next.", valueName: "port"),
        transform: WholeNumber.port)
    var port: UInt16 = VirtualReaderCard.firstPort

    @Option(
        name: .long, help: ArgumentHelp("The reader with a real master-key card.", valueName: "reader"),
        completion: ReaderCompletion.kind)
    var masterReader: String?

    @Option(
        name: .long, help: ArgumentHelp("The reader with a real blank card.", valueName: "reader"),
        completion: ReaderCompletion.kind)
    var subscriberReader: String?

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard (masterReader == nil) == (subscriberReader == nil) else {
            throw ValidationError("Give both --master-reader and --subscriber-reader: the story has two cards.")
        }
        guard port < .max else { throw ValidationError("--port \(port): the second slot needs the next port.") }
    }

    mutating func run() async throws {
        let setting: Demonstration.Setting =
            if let masterReader, let subscriberReader {
                .readers(master: ReaderQuery(masterReader), subscriber: ReaderQuery(subscriberReader))
            } else if pcsc {
                .virtualReaders(ports: [port, port + 1], deadline: .seconds(20))
            } else {
                .inProcess
            }
        let sinks = try common.tracer().map { TraceSink($0) }
        let demonstration = Demonstration(setting, json: common.json)
        if let sinks {
            try await demonstration.run(trace: { sinks.show($0) }, write: { Console.printLine($0) })
        } else {
            try await demonstration.run(write: { Console.printLine($0) })
        }
    }
}

/// The story runs on one thread, and shows each event before the next one.
private final class TraceSink: @unchecked Sendable {
    private let sink: (TraceRecord) -> Void
    init(_ tracer: Tracer) { sink = tracer.recordSink() }
    func show(_ record: TraceRecord) { sink(record) }
}

extension StoryError: ExitStatusProviding {
    var exitStatus: ExitStatus { .ownFault }
}
