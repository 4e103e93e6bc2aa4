import ArgumentParser
import CardRelay
import DurableFiles
import SystemPackage

struct RelayCertificates: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificates", abstract: "Make the certificates with which both ends of a relay authenticate.",
        discussion: """
            The folder gets an authority, where it has none, and a certificate with its key for each name. authority.pem \
            goes to both ends, and to each its own .pem and .key. authority.key stays: it is needed to make another \
            client. No file is overwritten.

              vstore apdu relay certificates relay --server desk --client counter
            """)

    @Argument(help: ArgumentHelp("Where the files go; created if it does not exist.", valueName: "folder"))
    var folder: String

    @Option(
        name: .long,
        help: ArgumentHelp("The name or address by which clients reach the machine with the reader.", valueName: "host")
    )
    var server: [String] = []

    @Option(name: .long, help: ArgumentHelp("A machine that uses the reader.", valueName: "name"))
    var client: [String] = []

    @Option(name: .long, help: "Days for which they are valid; a new authority is valid ten times as long.")
    var days: Int = 365

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard !server.isEmpty || !client.isEmpty else { throw ValidationError("Give a --server or a --client.") }
        guard (1...3650).contains(days) else { throw ValidationError("--days \(days): give 1 to 3650.") }
    }

    mutating func run() throws {
        do throws(FileError) {
            try Folder.create(
                FilePath(folder: folder), permissions: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
        } catch {
            throw Failure(
                .file,
                "\(folder): the folder cannot be made (\(error.explanation)). Choose another, or fix its permissions.")
        }
        let authority = try RelayAuthority(in: folder, days: 10 * days)
        let console = common.console
        for (names, use) in [(server, RelayAuthority.Use.server), (client, .client)] {
            for name in names {
                let made = try authority.issue(name, for: use, days: days)
                console.output(
                    [
                        "use": .text(use == .server ? "server" : "client"), "name": .text(name),
                        "certificate": .text(made.certificate), "key": .text(made.key),
                        "authority": .text(made.authority),
                    ],
                    [
                        "\(use == .server ? "server" : "client") \(name): --certificate \(made.certificate) "
                            + "--key \(made.key) --authority \(made.authority)"
                    ])
            }
        }
    }
}
