import Grid

extension TrunkError: RemedyProviding {
    var remedy: String {
        switch code {
        case .unsupportedVersion: "Bring both sides to versions that know each other's trunk."
        case .outOfTurn, .malformed, .beyondCredit, .tooLarge, .reusedID:
            "The other side breaks the rules of trunk.proto: its maker has to know."
        case .wrongIdentity, .notAuthenticated:
            "Check both sides' certificates, authority and clocks; vstore certificates sign makes certificates."
        case .revoked: "Its certificate is in the list of those that are not accepted any more; sign another for it."
        case .connectFailed: "Check the address, and that the other side runs."
        case .interrupted, .replaced: "The unit dials again by itself."
        case .credentialsUnusable: "Check the files of certificate, key, authority and revoked certificates."
        case .bindFailed: "Choose another address or port."
        }
    }
}
