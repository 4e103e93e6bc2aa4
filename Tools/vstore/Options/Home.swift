import HeadEnd
import MeterBench
import Records

/// The folder of the program's data: the host's records, its sealed keys, journals, cards and meters.
struct Home: Sendable {
    let path: String

    /// The host's files.
    var host: HostFolder { HostFolder(path) }
    /// Emulated cards.
    var cards: String { path + "/cards" }
    /// Meters: off-line ones are files, electric ones and local units folders.
    var meters: String { path + "/meters" }

    /// Creates the folder and those in it, for its owner only.
    func prepare() throws {
        do throws(HostError) {
            for folder in [path, cards, meters] { try HostFolder.create(folder) }
        } catch {
            throw Failure(
                .file,
                "\(path): the folder cannot be made (\(error)). Choose another with --home, or correct its "
                    + "rights.")
        }
    }

    /// The file of a card. A bare name is a card of `cards`, or else a meter of `meters`, whatever the working directory
    /// holds; a path has a `/`.
    ///
    /// - Parameter mayBeFolder: whether a folder of `cards` is meant too, with the cards of a batch in it.
    /// - Throws: `Failure` where no card or meter has a bare name.
    func card(_ name: String, mayBeFolder: Bool = false) throws -> String {
        // A meter is issued at the desk as a card is.
        let path =
            try isPath(name)
            ? name
            : named(name, in: [cards, meters], "card or meter") { path in
                mayBeFolder || !folderExists(path) || path.hasPrefix(meters + "/")
            }
        let (meter, unit) = (MeterFolder(path: path), UnitFolder(path: path))
        return meter.exists ? meter.memory : unit.exists ? unit.memory : path
    }

    /// The file or folder of a meter: a bare name is a meter of `meters`, a path has a `/`.
    ///
    /// - Throws: `Failure` where no meter has a bare name.
    func meter(_ name: String) throws -> String {
        try isPath(name) ? name : named(name, in: [meters], "meter")
    }

    private func isPath(_ name: String) -> Bool { name.contains("/") }

    private func named(
        _ name: String, in folders: [String], _ kind: String, where isMeant: (String) -> Bool = { _ in true }
    ) throws -> String {
        let paths = folders.map { $0 + "/" + name }
        if let path = paths.first(where: { fileExists($0) && isMeant($0) }) { return path }
        throw Failure(
            .file,
            "\(name): no \(kind) has this name in \(folders.joined(separator: " or ")). "
                + (fileExists(name)
                    ? "For what is here, write ./\(name)."
                    : "Check the name, or write a path with a /, as in ./\(name)."))
    }
}
