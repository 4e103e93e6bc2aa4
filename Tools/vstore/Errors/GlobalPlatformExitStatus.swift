import GlobalPlatform
import ISO7816

extension GlobalPlatformError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .noCryptography: return .ownFault
        case .noAnswer, .notAuthentic, .checkValueDiffers:
            // After a PUT KEY without a valid answer it is unknown which keys the card has.
            if subject.hasPrefix("PUT KEY") { return .inDoubt }
            return code == .noAnswer ? cause.map(vstore.exitStatus) ?? .unreachable : .refused
        default: return .refused
        }
    }
}

extension InterindustryError: ExitStatusProviding {
    var exitStatus: ExitStatus { code == .noAnswer ? cause.map(vstore.exitStatus) ?? .unreachable : .refused }
}
