import ArgumentParser
import CardIO
import CardRelay
import ISO7816
import ValueElement

struct RelayServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the card of a reader over TLS, until interrupted.",
        discussion: """
            TLS 1.3, with certificates at both ends: a client needs one signed by the authority. One client at a \
            time uses the card, and the card is reset when it disconnects. vstore apdu relay certificates makes the \
            certificates.

              vstore apdu relay serve --listen 0.0.0.0:7816 --certificate desk.pem \\
                  --key desk.key --authority authority.pem
            """)

    @Option(
        name: [.long, .short],
        help: ArgumentHelp("The reader: its name, its number in the list, or a part of its name.", valueName: "reader"),
        completion: ReaderCompletion.kind)
    var reader: String?

    @Option(
        name: [.long, .short],
        help: ArgumentHelp("An emulated card's memory file instead of a reader.", valueName: "file"),
        completion: .file())
    var card: String?

    @Option(
        name: .long, help: ArgumentHelp("The address to listen on.", valueName: "host:port"),
        transform: RelayAddress.argument)
    var listen: RelayAddress

    @OptionGroup var certificates: RelayCertificateOptions

    @Option(name: .long, help: ArgumentHelp("How long a client may be idle.", valueName: "seconds"))
    var idle: Int = 300

    @Option(
        name: .long, help: ArgumentHelp("How many connections an address may have at a time.", valueName: "count"))
    var connections: Int = 8

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        if reader != nil, card != nil { throw ValidationError("Give --reader or --card, not both.") }
        guard (1...86_400).contains(idle) else { throw ValidationError("--idle \(idle): give 1 to 86400 seconds.") }
        guard (1...1000).contains(connections) else {
            throw ValidationError("--connections \(connections): give 1 to 1000.")
        }
        try certificates.check(areNeeded: true)
    }

    mutating func run() async throws {
        let console = common.console
        let query = ReaderQuery.chosen(reader)
        let path = try card.map { try common.homeFolder.card($0) }
        let server = try await RelayServer(
            host: listen.host, port: listen.port, credentials: try certificates.credentials(), idle: .seconds(idle),
            connectionsPerAddress: connections,
            report: { console.show($0) },
            card: { () async throws(CardError) in
                guard let path else { return try await RelayedReader(query) }
                do {
                    // The client is told the name: the path is this machine's own affair.
                    return try RelayedEmulation(try ValueCard.open(at: path), name: "emulated card")
                } catch let error as CardError {
                    throw error
                } catch {
                    throw CardError(.cardUnresponsive, subject: path, cause: error)
                }
            })
        console.output(
            ["event": "listening", "host": .text(listen.host), "port": .number(server.port)],
            ["Listening on \(listen.host):\(server.port). Ctrl-C stops it."])
        let serving = Task { await server.run() }
        await Interruption.during {
            await serving.value
        } whenInterrupted: {
            serving.cancel()
        }
    }
}

extension Console {
    fileprivate func show(_ event: RelayServer.Event) {
        switch event {
        case .began(let client, let card):
            output(
                ["event": "began", "client": .text(client), "card": .text(card)], ["\(client) has the card of \(card)."]
            )
        case .ended(let client):
            output(["event": "ended", "client": .text(client)], ["\(client) has disconnected; the card is reset."])
        case .refused(let client, let error):
            output(
                ["event": "refused", "client": .text(client), "error": .error(error)],
                ["\(client) was refused: \(explained(error))"])
        }
    }
}
