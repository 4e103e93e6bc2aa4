import DurableFiles
import SystemPackage

/// The folder that holds what the program keeps: the host's records, its sealed keys, journals, cards and meters.
struct Home: Sendable {
    let path: String

    /// The host's record file.
    var records: String { path + "/host.sqlite" }
    /// The host's master keys, sealed under a passphrase.
    var sealedKeys: String { path + "/keys.sealed" }
    /// The journal of the issuing desk.
    var issueJournal: String { path + "/issue.journal" }
    /// What a key ceremony that is not finished has come to.
    var ceremony: String { path + "/ceremony.record" }
    /// Emulated cards.
    var cards: String { path + "/cards" }
    /// Meters: off-line ones are files, electric ones folders.
    var meters: String { path + "/meters" }

    /// Makes the folder and those in it, for its owner alone.
    func prepare() throws {
        do throws(FileError) {
            for folder in [path, cards, meters] { try Folder.create(FilePath(folder: folder)) }
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
        return MeterFolder.memory(of: isCard ? path : isThere(within(meters, name)) ?? path)
    }

    private func isThere(_ path: String) -> String? { fileExists(path) ? path : nil }

    /// The file of a meter: a bare name that is not there lies in `meters`.
    func meter(_ name: String) -> String { within(meters, name) }

    private func within(_ folder: String, _ name: String) -> String {
        if name.contains("/") || fileExists(name) { return name }
        return folder + "/" + name
    }
}
