import ArgumentParser
import CardTrace
import ISO7816

struct APDUSend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send one or more command APDUs, and show the answers.",
        discussion: """
            Each argument is an APDU in hexadecimal digits, with or without blanks:

              vstore apdu send '00 A4 04 00 07 F0 56 53 54 4F 52 45 00' 00CA010000
              vstore apdu send --bytes 00A404000AF056

            Nothing secret belongs here, since other programs can see a command line: use apdu script - for that.
            """)

    @OptionGroup var card: CardOptions
    @OptionGroup var access: ReaderAccessOptions
    @OptionGroup var secrets: SecretOptions

    @Flag(name: .long, help: "Leave 61xx and 6Cxx as they are instead of fetching the answer.")
    var raw = false

    @Flag(
        name: .long,
        help: "Send the bytes as they are, also where they are no APDU, and leave 61xx and 6Cxx as they are.")
    var bytes = false

    @Argument(help: ArgumentHelp("A command in hexadecimal digits.", valueName: "apdu"))
    var commands: [String]

    @OptionGroup var common: ProgramOptions

    mutating func validate() throws {
        _ = try access.access(in: card)
        for text in commands { _ = try parse(text) }
    }

    mutating func run() async throws {
        let parsed = try commands.map(parse)
        let (console, raw, asBytes, secrets) = (common.console, raw, bytes, secrets.policy)
        let tracer = try common.tracer(secrets: secrets)
        try await card.location(common, tracer: tracer, access: try access.access(in: card)).withCard { card in
            let channel = raw ? card.raw : card.channel
            for bytes in parsed {
                let response = asBytes ? try card.raw.transmit(bytes: bytes) : try channel.transmit(CommandAPDU(bytes))
                console.show(response, to: bytes, secrets)
            }
        }
    }

    private func parse(_ text: String) throws -> [UInt8] {
        guard let digits = [UInt8](hexadecimalDigits: text), !digits.isEmpty else {
            throw ValidationError(
                "'\(SecretCommands.shown(text))' is not an APDU. Write two hexadecimal digits per byte.")
        }
        if bytes { return digits }
        do throws(APDUError) {
            return try CommandAPDU(digits).bytes
        } catch {
            let shown = SecretCommands.shown(text)
            throw ValidationError("'\(shown)' is not a valid command APDU: \(error). --bytes sends it as it is.")
        }
    }
}

extension Console {
    /// An answer, and in JSON the command, of which a PIN or a key is shown only where that is asked for.
    func show(_ response: ResponseAPDU, to command: [UInt8], _ secrets: SecretPolicy) {
        let command = secrets == .shown ? MaskedBytes(command) : MaskedBytes(masking: command)
        let (data, status) = (Array(response.data), response.status)
        output(
            [
                "command": .text(command.hexadecimal()), "data": .text(data.hexadecimal()),
                "status": .text("\(status)"), "meaning": .text(status.meaning),
            ],
            [(data.isEmpty ? "" : data.hexadecimal(separator: " ") + " ") + "\(status)  \(status.meaning)"])
    }
}
