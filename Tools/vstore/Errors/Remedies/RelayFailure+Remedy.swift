import CardRelay

extension RelayFailure: RemedyProviding {
    var remedy: String {
        switch code {
        case .wrongPurpose:
            return
                "Make both certificates with vstore apdu relay certificates, --server for one and --client for the other."
        case .tooManyConnections:
            return "End programs there that hold connections, or serve with more --connections."
        default: break
        }
        return isConnected
            ? "Check that the relay runs, its name and the certificates; then repeat. The card is reset meanwhile, and "
                + "it is unknown whether a command in progress was done."
            : "Check that vstore apdu relay serve runs there, and the name, the port and the certificates."
    }
}
