import GlobalPlatform

extension GlobalPlatformError: RemedyProviding {
    var remedy: String {
        switch code {
        case .noAnswer: "Reset the card and repeat."
        case .refused: "See what the status word says."
        case .malformedAnswer: "Look at it with a trace."
        case .wrongKeys:
            "Stop: most cards block for good after some wrong tries. Check key version, keys and "
                + "diversification."
        case .protocolUnknown: "SCP02 and SCP03 are here."
        case .outOfRange: "Give one that the command can carry."
        case .notAuthentic: "Distrust what came; reset the card and open a new channel."
        case .checkValueDiffers: "The key on the card is not the one sent: put it again."
        case .noCryptography: "Install OpenSSL 3.0 or later with its default provider."
        }
    }
}
