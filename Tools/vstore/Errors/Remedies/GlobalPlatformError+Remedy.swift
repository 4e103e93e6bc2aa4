import GlobalPlatform

extension GlobalPlatformError: RemedyProviding {
    var remedy: String {
        switch code {
        case .noAnswer: "Reset the card and repeat."
        case .refused: "See what the status word says."
        case .malformedAnswer: "Look at it with a trace."
        case .wrongKeys:
            "Stop: most cards block irreversibly after a few wrong tries. Check key version, keys and "
                + "diversification."
        case .protocolUnknown: "Use a card with SCP02 or SCP03."
        case .outOfRange: "Give one that the command can carry."
        case .notAuthentic: "Discard the data received; reset the card and open a new channel."
        case .checkValueDiffers: "The key on the card is not the one sent: put it again."
        case .noCryptography: "Install OpenSSL 3.0 or later with its default provider."
        case .keyChangeInDoubt:
            "Keep both sets of keys. Reset the card and open a channel with the new ones; if the card does not know "
                + "their version, it has the old ones: put the new ones again."
        case .listIncomplete: "Entries may be missing. See with a trace what the card answers."
        case .listRepeats: "Entries may be missing: the card does not go on where it was."
        case .warned: "See what the status word says: the data may be incomplete."
        }
    }
}

extension DataFault: RemedyProviding {
    var remedy: String { "What could be read is shown. See with a trace what the card answers." }
}
