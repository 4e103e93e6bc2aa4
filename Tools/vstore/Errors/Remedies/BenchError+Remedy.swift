import MeterBench

extension BenchError: RemedyProviding {
    var remedy: String {
        switch code {
        case .notACommand: "The commands are: \(BenchCommand.syntax)."
        case .noCardNamed: "Start with --card FILE, or write card in FILE."
        case .exists: "Choose another name."
        case .folderNotMade: "Choose another, or fix its permissions."
        case .unreadable: "Check its name and its permissions, or restore it from a copy."
        case .notWritten: "Free disk space, or fix its permissions."
        case .notEnvironment: "Restore it from a copy."
        }
    }
}
