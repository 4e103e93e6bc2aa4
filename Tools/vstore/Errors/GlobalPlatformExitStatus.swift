import GlobalPlatform
import ISO7816

extension GlobalPlatformError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .noCryptography: .ownFault
        case .noAnswer: cause.map(vstore.exitStatus) ?? .unreachable
        // Of both it is unknown which keys the card has.
        case .keyChangeInDoubt, .checkValueDiffers: .inDoubt
        default: .refused
        }
    }
}

extension DataFault: ExitStatusProviding {
    var exitStatus: ExitStatus { .refused }
}

extension InterindustryError: ExitStatusProviding {
    var exitStatus: ExitStatus { code == .noAnswer ? cause.map(vstore.exitStatus) ?? .unreachable : .refused }
}
