import ArgumentParser
import CardIO
import CardRelay

struct RelayAttach: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Put another machine's card into a virtual reader of this one, until interrupted.",
        discussion: """
            Every PC/SC program here can then use the card. This requires pcscd with the driver of the package \
            vsmartcard-vpcd. A card that is removed there leaves the virtual reader at once, as it does when \
            the connection ends.

              vstore apdu relay attach desk:7816 --certificate counter.pem \\
                  --key counter.key --authority authority.pem
            """)

    @Argument(help: ArgumentHelp("The relay.", valueName: "host:port"), transform: RelayAddress.argument)
    var remote: RelayAddress

    @OptionGroup var certificates: RelayCertificateOptions

    @OptionGroup var slot: VirtualSlotOptions

    @OptionGroup var common: ProgramOptions

    func validate() throws { try certificates.check(areNeeded: true) }

    mutating func run() async throws {
        let (console, remote, credentials) = (common.console, remote, try certificates.credentials())
        // Connecting blocks.
        let thread = try CardThread()
        let connected: Result<RelayChannel, any Error> = await withCheckedContinuation { continuation in
            thread.perform {
                continuation.resume(
                    returning: Result {
                        try RelayChannel.connect(host: remote.host, port: remote.port, credentials: credentials)
                    })
            }
        }
        let channel = try connected.get()
        defer { channel.close() }
        let name = "\(channel.face.name) at \(remote)"
        let card = ReportingCard(RemoteCard(channel), name: name, console: console, tracer: try common.tracer())
        let virtual = try VirtualReaderCard(card, port: slot.portNumber)
        try await virtual.insert()
        console.output(
            ["event": "inserted", "card": .text(name), "port": .number(Int(virtual.port))],
            ["The card of \(name) is in the virtual reader at port \(virtual.port). Ctrl-C removes it."])
        let departure = await Interruption.during {
            await channel.attend(virtual)
        } whenInterrupted: {
            await virtual.remove()
        }
        switch departure {
        case .removed: console.output(["event": "removed"], ["The card of \(name) was removed."])
        case .readerClosed:
            throw Failure(
                .unreachable, "The virtual reader at port \(virtual.port) is gone. Start pcscd again.")
        case .failed(let error): throw error
        }
    }
}
