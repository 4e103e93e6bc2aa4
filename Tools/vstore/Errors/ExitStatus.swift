/// How the program ends: what a calling script can rely on.
enum ExitStatus: Int32, CaseIterable {
    case done = 0
    case refused = 1
    case inDoubt = 2
    case unreachable = 3
    case usage = 64
    case ownFault = 70
    case file = 74
    case interrupted = 130

    /// In words, for the table of the help.
    var meaning: String {
        switch self {
        case .done: "done"
        case .refused: "refused, by the card or a rule or for a wrong PIN: nothing done"
        case .inDoubt: "in doubt whether it was done: contact the same card to find out"
        case .unreachable: "no such reader, no card in it, no answer, no PC/SC service or no database"
        case .usage: "the command line is wrong"
        case .ownFault: "a fault of this program or of the system, nothing that you did"
        case .file:
            "a file is missing, exists already, is in use, is damaged or is of another kind, or its disk is full or defective"
        case .interrupted: "interrupted at the keyboard"
        }
    }

    /// The name in JSON.
    var name: String {
        switch self {
        case .done: "done"
        case .refused: "refused"
        case .inDoubt: "in-doubt"
        case .unreachable: "unreachable"
        case .usage: "usage"
        case .ownFault: "own-fault"
        case .file: "file"
        case .interrupted: "interrupted"
        }
    }

    /// One line per status.
    static var table: String {
        allCases.map { status in
            let number = String(status.rawValue)
            return String(repeating: " ", count: 5 - number.count) + "\(number)  \(status.meaning)"
        }.joined(separator: "\n")
    }
}
