import GlobalPlatform
import ISO7816

extension GlobalPlatformError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .noCryptography: return .ownFault
        case .noAnswer, .notAuthentic, .checkValueDiffers:
            // Of a PUT KEY that no right answer came to, nobody knows which keys the card has now.
            if subject.hasPrefix("PUT KEY") { return .inDoubt }
            return code == .noAnswer ? cause.map(vstore.exitStatus) ?? .unreachable : .refused
        default: return .refused
        }
    }
}

extension InterindustryError: ExitStatusProviding {
    var exitStatus: ExitStatus { code == .noAnswer ? cause.map(vstore.exitStatus) ?? .unreachable : .refused }
}
