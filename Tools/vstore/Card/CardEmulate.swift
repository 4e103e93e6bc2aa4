import ArgumentParser
import CardIO
import ContactInterface
import ISO7816
import ValueElement

struct CardEmulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emulate", abstract: "Put an emulated card into a virtual reader, until interrupted.",
        discussion: """
            The card is then a card to every PC/SC program of the machine. This takes pcscd with the driver of the \
            package vsmartcard-vpcd. What happens is told on standard error; Ctrl-C takes the card out.
            """)

    enum Transmission: String, ExpressibleByArgument, CaseIterable {
        case t0
        case t1
    }

    @OptionGroup var common: ProgramOptions

    @Argument(
        help: ArgumentHelp("The card's memory file; a bare name may lie in DIR/cards of --home.", valueName: "file"),
        completion: .file())
    var file: String

    @Option(name: .long, help: "The port that the virtual reader's slot listens at.")
    var port: UInt16?

    @Option(name: .long, help: "The slot, from 0: short for port 35963 + slot.")
    var slot: UInt16 = 0

    @Option(name: .long, help: "The transmission protocol that the card speaks.")
    var `protocol`: Transmission = .t1

    func validate() throws {
        guard slot < 16 else { throw ValidationError("\(slot) is no slot. pcscd has room for 16, 0 to 15.") }
    }

    mutating func run() async throws {
        let path = try common.place.card(file)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let card = ReportingCard(
            try offered(try ValueCard.open(at: path)), name: name, console: common.console, tracer: try common.tracer())
        let virtual = try VirtualReaderCard(card, port: port ?? VirtualReaderCard.firstPort + slot)
        try await virtual.insert(deadline: .now + .seconds(10))
        common.console.give(
            ["event": "inserted", "file": .text(path), "port": .number(Int(virtual.port))],
            ["\(path) is in the virtual reader at port \(virtual.port). Ctrl-C takes it out."])
        let departure = await Interruption.during {
            await virtual.waitUntilRemoved()
        } whenInterrupted: {
            await virtual.remove()
        }
        switch departure {
        case .removed: common.console.give(["event": "removed"], ["\(path) is out."])
        case .readerClosed:
            throw Failure(
                .unreachable, "\(path): the virtual reader at port \(virtual.port) is gone. Start pcscd again.")
        case .died(let error): throw error
        }
    }

    private func offered(_ card: any IntegratedCircuitCard) throws -> any IntegratedCircuitCard {
        guard self.protocol == .t0 else { return card }
        let own = try AnswerToReset(card.answerToReset)
        let answer = try AnswerToReset.Builder(protocols: [0], historicalBytes: own.historicalBytes).build()
        return T0Card(card, answerToReset: answer.bytes)
    }
}
