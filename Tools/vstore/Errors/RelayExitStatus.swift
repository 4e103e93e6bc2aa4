import CardRelay

extension RelayAuthorityError: TellsExitStatus {
    var exitStatus: ExitStatus {
        switch code {
        case .badName: .usage
        case .cryptography: .ownFault
        default: .file
        }
    }
}
