import ArgumentParser
import ValueElement
import ValueProtocol

struct CardBlank: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "blank", abstract: "Make an emulated blank card, or a master-key card without keys, in a file.",
        discussion: """
            A blank card holds only its transport key, under which it is issued. That key is derived from the host's \
            master key ADMIN 0, or read from --transport-key-file. It is never taken from the command line: every \
            user of the machine can list the arguments of a running program, and shells keep them in a history.

              vstore card blank --file try.card --id 00A1B2C3-10-011234
            """)

    @OptionGroup var transport: TransportKeyOptions

    @Option(
        name: [.long, .short],
        help: ArgumentHelp("The file to make; a bare name goes to DIR/cards of --home.", valueName: "file"),
        completion: .file())
    var file: String

    @Option(
        name: .long,
        help: ArgumentHelp("Its identifier: issuer, kind, number, as in 00A1B2C3-10-011234.", valueName: "eid"),
        transform: PartyID.argument)
    var id: PartyID

    @Flag(name: .long, help: "Make a master-key card, of kind 20.")
    var master = false

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        if master {
            guard id.kind == .masterKeyCard else {
                throw ValidationError("\(id) is a \(id.kind). A master-key card's kind is 20.")
            }
            guard transport.transportKeyFile == nil else {
                throw ValidationError("A master-key card has no transport key. Leave --transport-key-file out.")
            }
        } else {
            guard id.kind.isIssued else {
                throw ValidationError(
                    "\(id) is a \(id.kind). A card's kind is 10, a meter's 01 to 04, a unit's 40 or 41.")
            }
        }
    }

    mutating func run() async throws {
        let home = common.homeFolder
        let path = file.contains("/") ? file : home.cards + "/" + file
        let records: [RecordName: [UInt8]]
        if master {
            records = ValueCard.blankMasterKeyCard(id)
        } else {
            records = ValueCard.blank(id, transportKey: try transport.key(of: id, home))
        }
        if !file.contains("/") { try home.prepare() }
        _ = try FileMemory.create(at: path, records)
        common.console.output(
            ["file": .text(path), "eid": .text("\(id)"), "kind": .name(id.kind)],
            ["\(path): \(master ? "master-key card without keys" : "blank \(id.kind)") \(id)"])
    }
}
