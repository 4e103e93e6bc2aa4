import ISO7816

/// The result from the list of known cards for one answer to reset, for people and for programs.
enum ProbableCards {
    /// Probable cards, none where the list has none.
    case cards([String])
    /// No list is installed.
    case noList

    /// The result from the list at `path`, or from that of pcsc-tools.
    init(answering answerToReset: [UInt8], list path: String?) throws {
        guard let path = path ?? KnownCards.usualPaths.first(where: fileExists) else {
            self = .noList
            return
        }
        self = .cards(try KnownCards(try TextFile.read(path)).cards(answering: answerToReset))
    }

    var lines: [String] {
        switch self {
        case .cards(let names) where names.isEmpty: ["Card: not in the list of known cards"]
        case .cards(let names): ["Card, probably:"] + names.map { "  \($0)" }
        case .noList:
            [
                "Card: its name is not known, since the list of pcsc-tools is not installed. "
                    + "Install it (apt-get install pcsc-tools), or name a list with --card-list."
            ]
        }
    }

    var json: JSONValue {
        switch self {
        case .cards(let names): .list(names.map(JSONValue.text))
        case .noList: .null
        }
    }
}
