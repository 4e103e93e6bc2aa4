import ArgumentParser
import DurableFiles
import GlobalPlatform
import ISO7816
import SystemPackage

struct GPStore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Send data to a security domain or, through it, to an application (STORE DATA).",
        discussion: """
            With --application the domain is told first for which application the data are (INSTALL [for \
            personalization]). They go in as many blocks as needed. The application defines their meaning; \
            nothing can be undone.

              vstore gp store data.hex --key-file isd.key --application A000000151000000
            """)

    @OptionGroup var card: GPCardOptions
    @OptionGroup var key: GPKeyOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The application that the data are for, in hexadecimal digits.",
            discussion: "The security domain itself by default.", valueName: "aid"))
    var application: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How the data are coded: plain (not stated), dgi, or tlv (BER-TLV).", valueName: "form"),
        completion: .list(GPDataForm.allCases.map(\.rawValue)))
    var form: GPDataForm = .plain

    @Option(name: .long, help: ArgumentHelp("How many bytes per block, 1 to 223.", valueName: "bytes"))
    var block: Int = 223

    @Flag(name: .long, help: "Send without asking.")
    var yes = false

    @Argument(help: ArgumentHelp("A file with the raw data.", valueName: "file"), completion: .file())
    var file: String

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard (1...223).contains(block) else { throw ValidationError("--block goes from 1 to 223.") }
        _ = try aid()
    }

    private func aid() throws -> [UInt8]? {
        guard let application else { return nil }
        guard let aid = [UInt8](hexadecimalDigits: application), (5...16).contains(aid.count) else {
            throw ValidationError("'\(application)' is not an AID. Write 5 to 16 bytes in hexadecimal digits.")
        }
        return aid
    }

    mutating func run() async throws {
        let (aid, keys) = (try aid(), try key.keys())
        let data: [UInt8]
        do throws(FileError) {
            data = try InputFile(at: FilePath(file: file)).readAll(atMost: 1 << 24)
        } catch {
            throw Failure(reading: error, file)
        }
        guard !data.isEmpty, data.count <= 256 * block else {
            throw Failure(.file, "\(file): has \(data.count) bytes. 1 to \(256 * block) can be sent.")
        }
        let blocks = (data.count + block - 1) / block
        let whom = application.map { "application \($0)" } ?? "the security domain"
        common.console.notice("\(data.count) bytes in \(blocks) blocks for \(whom).")
        try Confirmation.ask("Send these data to the card?", isGiven: yes)
        let (key, size, form) = (key, block, form)
        try await card.withCard(common, cipher: key.cipher, isS16: key.isS16) { channel, _ in
            try GPStore.store(data, for: aid, in: form, size, channel, keys, key)
        }
        common.console.output(
            [
                "bytes": .number(data.count), "blocks": .number(blocks), "application": JSONValue(application),
            ], ["Done: the card has accepted all blocks."])
    }

    private static func store(
        _ data: [UInt8], for aid: [UInt8]?, in form: GPDataForm, _ size: Int, _ card: some CardChannel,
        _ keys: KeySet, _ key: GPKeyOptions
    ) throws {
        let channel = try key.open(card, keys)
        if let aid { try channel.personalize(aid) }
        try channel.store(data, structure: form.structure, block: size)
    }
}

/// How the data of STORE DATA are coded, as it is written on the command line.
enum GPDataForm: String, ExpressibleByArgument, CaseIterable {
    case plain, dgi, tlv

    var structure: StoreDataStructure {
        switch self {
        case .plain: .unspecified
        case .dgi: .dataGroupings
        case .tlv: .berTLV
        }
    }
}
