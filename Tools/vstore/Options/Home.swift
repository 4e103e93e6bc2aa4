import HeadEnd
import MeterBench

/// The folder that holds what the program keeps: the host's records, its sealed keys, journals, cards and meters.
struct Home: Sendable {
    let path: String

    /// The host's files.
    var host: HostFolder { HostFolder(path) }
    /// Emulated cards.
    var cards: String { path + "/cards" }
    /// Meters: off-line ones are files, electric ones folders.
    var meters: String { path + "/meters" }

    /// Makes the folder and those in it, for its owner alone.
    func prepare() throws {
        do {
            for folder in [path, cards, meters] { try HostFolder.create(folder) }
        } catch {
            throw Failure(
                .file,
                "\(path): the folder cannot be made (\(error.explanation)). Choose another with --home, or correct its "
                    + "rights.")
        }
    }

    /// The file of a card: a bare name that is not there lies in `cards`, or else in `meters`.
    func card(_ name: String) -> String {
        let path = within(cards, name)
        // A meter is issued at the desk as a card is.
        let isCard = fileExists(path)
        let found = isCard ? path : isThere(within(meters, name)) ?? path
        let folder = MeterFolder(path: found)
        return folder.exists ? folder.memory : found
    }

    private func isThere(_ path: String) -> String? { fileExists(path) ? path : nil }

    /// The file of a meter: a bare name that is not there lies in `meters`.
    func meter(_ name: String) -> String { within(meters, name) }

    private func within(_ folder: String, _ name: String) -> String {
        if name.contains("/") || fileExists(name) { return name }
        return folder + "/" + name
    }
}
