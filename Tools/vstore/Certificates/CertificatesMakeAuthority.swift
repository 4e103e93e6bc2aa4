import ArgumentParser
import DurableFiles
import NetworkIdentity
import SystemPackage

struct CertificatesMakeAuthority: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make-authority", abstract: "Make an authority that signs certificates.",
        discussion: """
            authority.pem goes to every host and unit. authority.key signs: it stays in the folder, on a machine that \
            is used for little else. No file is overwritten.

              vstore certificates make-authority network
            """)

    @Argument(help: ArgumentHelp("Where the files go; created if it does not exist.", valueName: "folder"))
    var folder: String

    @Option(name: .long, help: "The authority's name in its certificate.")
    var name: String = "network authority"

    @Option(name: .long, help: "Days for which it is valid.")
    var days: Int = 3650

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard !name.isEmpty, name.utf8.count <= 64 else {
            throw ValidationError("--name: give 1 to 64 bytes.")
        }
        guard (1...36_500).contains(days) else { throw ValidationError("--days \(days): give 1 to 36500.") }
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
        guard try !IdentityAuthority.exists(in: folder) else {
            throw IdentityError(.exists, "\(folder)/authority.pem")
        }
        _ = try IdentityAuthority(in: folder, subject: name, days: days)
        common.console.output(
            ["authority": .text("\(folder)/authority.pem"), "key": .text("\(folder)/authority.key")],
            ["\(folder)/authority.pem goes to every host and unit; \(folder)/authority.key stays here."])
    }
}
