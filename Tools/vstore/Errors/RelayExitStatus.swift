import CardRelay

extension RelayFailure: ExitStatusProviding {
    var exitStatus: ExitStatus { .unreachable }
}

extension RelayAuthorityError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .badName: .usage
        case .cryptography: .ownFault
        default: .file
        }
    }
}
