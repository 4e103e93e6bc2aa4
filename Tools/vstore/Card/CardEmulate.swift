import ArgumentParser
import CardIO
import ContactInterface
import ISO7816
import ValueElement

struct CardEmulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emulate", abstract: "Put an emulated card into a virtual reader, until interrupted.",
        discussion: """
            Every PC/SC program on the machine can then use the card. This requires pcscd with the driver of the \
            package vsmartcard-vpcd. Events are reported on standard error; Ctrl-C removes the card.

              vstore card emulate try.card
            """)

    enum Transmission: String, ExpressibleByArgument, CaseIterable {
        case t0
        case t1
    }

    @Argument(
        help: ArgumentHelp("The card's memory file; a bare name may be in DIR/cards of --home.", valueName: "file"),
        completion: .file())
    var file: String

    @OptionGroup var slot: VirtualSlotOptions

    @Option(name: .long, help: "The transmission protocol that the card speaks.")
    var `protocol`: Transmission = .t1

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let path = try common.homeFolder.card(file)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let card = ReportingCard(
            try offered(try ValueCard.open(at: path)), name: name, console: common.console, tracer: try common.tracer())
        let virtual = try VirtualReaderCard(card, port: slot.portNumber)
        try await virtual.insert()
        common.console.output(
            ["event": "inserted", "file": .text(path), "port": .number(Int(virtual.port))],
            ["\(path) is in the virtual reader at port \(virtual.port). Ctrl-C removes it."])
        let departure = await Interruption.during {
            await virtual.waitUntilRemoved()
        } whenInterrupted: {
            await virtual.remove()
        }
        switch departure {
        case .removed: common.console.output(["event": "removed"], ["\(path) was removed."])
        case .readerClosed:
            throw Failure(
                .unreachable, "\(path): the virtual reader at port \(virtual.port) is gone. Start pcscd again.")
        case .failed(let error): throw error
        }
    }

    private func offered(_ card: any IntegratedCircuitCard) throws -> any IntegratedCircuitCard {
        guard self.protocol == .t0 else { return card }
        let own = try AnswerToReset(card.answerToReset)
        let answer = try AnswerToReset.Builder(protocols: [0], historicalBytes: own.historicalBytes).build()
        return T0Card(card, answerToReset: answer.bytes)
    }
}
