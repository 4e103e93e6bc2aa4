import ArgumentParser
import ISO7816

struct APDUSend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send one or more command APDUs, and show the answers.",
        discussion: """
            Each argument is an APDU in hexadecimal digits, with or without blanks:

              vstore apdu send '00 A4 04 00 07 F0 56 53 54 4F 52 45 00' 00CA010000

            Nothing secret belongs here, since other programs can see a command line: use apdu script - for that.
            """)

    @OptionGroup var card: CardOptions
    @OptionGroup var secrets: SecretOptions

    @Flag(name: .long, help: "Leave 61xx and 6Cxx as they are instead of fetching the answer.")
    var raw = false

    @Argument(help: ArgumentHelp("A command in hexadecimal digits.", valueName: "apdu"))
    var commands: [String]

    @OptionGroup var common: ProgramOptions

    mutating func validate() throws {
        for text in commands { _ = try APDUSend.parse(text) }
    }

    mutating func run() async throws {
        let parsed = try commands.map(APDUSend.parse)
        let (console, raw) = (common.console, raw)
        let tracer = try common.tracer(secrets: secrets.policy)
        try await card.location(common, tracer: tracer).withCard { card in
            let channel = raw ? card.raw : card.channel
            for command in parsed { console.show(try channel.transmit(command), to: command) }
        }
    }

    private static func parse(_ text: String) throws -> CommandAPDU {
        guard let bytes = [UInt8](hexadecimalDigits: text) else {
            throw ValidationError("'\(text)' is not an APDU. Write two hexadecimal digits per byte.")
        }
        do throws(APDUError) {
            return try CommandAPDU(bytes)
        } catch {
            throw ValidationError("'\(text)' is not a valid command APDU: \(error)")
        }
    }
}

extension Console {
    func show(_ response: ResponseAPDU, to command: CommandAPDU) {
        let (data, status) = (Array(response.data), response.status)
        output(
            [
                "command": .text(command.bytes.hexadecimal()), "data": .text(data.hexadecimal()),
                "status": .text("\(status)"), "meaning": .text(status.meaning),
            ],
            [(data.isEmpty ? "" : data.hexadecimal(separator: " ") + " ") + "\(status)  \(status.meaning)"])
    }
}
