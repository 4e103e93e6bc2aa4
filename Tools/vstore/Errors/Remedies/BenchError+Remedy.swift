import MeterBench

extension BenchError: RemedyProviding {
    var remedy: String {
        switch code {
        case .notACommand: "There are: \(BenchCommand.syntax)."
        case .noCardNamed: "Start with --card FILE, or write card in FILE."
        case .exists: "Choose another name."
        case .folderNotMade: "Choose another, or fix its rights."
        case .unreadable: "Check its name and its rights, or restore it from a copy."
        case .notWritten: "Make room, or fix its rights."
        case .notSurroundings: "Restore it from a copy."
        }
    }
}
