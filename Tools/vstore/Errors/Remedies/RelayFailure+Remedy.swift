import CardRelay

extension RelayFailure: RemedyProviding {
    var remedy: String {
        isConnected
            ? "Check that the relay runs, its name and the certificates; then repeat. The card is reset meanwhile, and "
                + "it is unknown whether a command in progress was done."
            : "Check that vstore apdu relay serve runs there, and the name, the port and the certificates."
    }
}
