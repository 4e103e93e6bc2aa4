import Issuing

extension MasterKeyError: RemedyProviding {
    var remedy: String {
        switch code {
        case .noAnswer: "Put the card in again and continue; it keeps what it has accepted."
        case .noApplication: "Put in the issuer's master-key card."
        case .notSelected: "Select it and give the PINs again."
        case .wrongPIN: "Give the right one."
        case .pinBlocked: "Have two other custodians give theirs, and unblock it with a new one."
        case .noPIN: "Set the first PIN."
        case .malformedPIN: "Choose another."
        case .pinMissing: "Have the custodian give the PIN; rules and unblocking require two custodians."
        case .custodianRefused:
            "Each component of a key comes from another custodian, who gives the PIN right before."
        case .componentRefused: "Compare it with its sheet; if it fails again, begin with component 1 again."
        case .refused: "See the status word in the command reference."
        case .malformedAnswer: "Put the card in again; if that does not help, it is defective."
        }
    }
}
