import MeterBench

extension BenchError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .notACommand, .noCardNamed: .usage
        case .exists, .folderNotMade, .unreadable, .notWritten, .notEnvironment: .file
        }
    }
}
