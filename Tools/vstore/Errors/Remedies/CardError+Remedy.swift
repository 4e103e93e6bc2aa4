import CardIO
import CardRelay
import ISO7816

extension CardError: RemedyProviding {
    var remedy: String {
        switch cause {
        case is ConnectedReaders where code == .noCard: return "Put a card into one of them, and repeat."
        case is ConnectedReaders: return "Choose one of these readers."
        case let conflict as SharingConflict: if let remedy = conflict.remedy { return remedy }
        case let failure as RelayFailure: return failure.remedy
        default: break
        }
        return codeRemedy
    }

    private var codeRemedy: String {
        switch code {
        case .noService: "Start it: systemctl start pcscd, or pcscd --foreground where there is no systemd."
        case .notAllowed: "Allow org.debian.pcsc-lite.access_pcsc in polkit, or run as root."
        case .noReader: "Connect a reader; vstore reader list shows which are known."
        case .unknownReader: "Choose a reader that vstore reader list names."
        case .readerUnavailable: "Connect it again and repeat."
        case .noCard: "Put the card in and repeat."
        case .relayNotReached: "Check its address, and that vstore apdu relay serve runs there."
        case .cardRemoved: "Put it in again; whatever was in doubt is then recovered."
        case .cardReset: "Repeat the whole transaction."
        case .cardUnresponsive: "Take it out, check its contacts and put it in again."
        case .sharingViolation: "End the other program, or wait for it."
        case .protocolMismatch: "Leave the choice of T=0 or T=1 open."
        case .deadlineExceeded: "Give it more time, or reset the card."
        case .cancelled: "Repeat it if it is still needed."
        case .malformedAnswer: "Reset the card; if that does not help, the card is defective."
        case .unsupported: "Use another reader, or do without this."
        case .communication: "Repeat; if it fails again, reset the card or restart the service."
        case .serviceLost: "Connect again; a command in progress may or may not have been done."
        case .notConnected: "Connect again."
        case .ambiguousReader: "Name one of them, or give its number."
        case .transactionOver: "Begin another, and use its channel inside its body only."
        case .callCancelled: "Reset the card or connect again."
        case .waitsForItself: "Use the channel that the transaction's body is given, or ask after its end."
        case .noDriver:
            "Install the driver for readers of the class CCID (package libccid), or its maker's where that does "
                + "not know it, and restart the service."
        case .readerTaken:
            "End that program and restart the service; GnuPG's scdaemon leaves readers to PC/SC with "
                + "disable-ccid in scdaemon.conf."
        case .noPinpad:
            "Use a reader whose features, in vstore reader info, include VERIFY_PIN_DIRECT or VERIFY_PIN_START "
                + "and VERIFY_PIN_FINISH."
        case .malformedReaderAnswer:
            "Update its driver or firmware; for cards without PIN entry it may still work."
        case .pinEntryTimedOut: "Repeat, and type it on the reader's keypad."
        case .pinEntryCancelled: "Repeat if it is still needed."
        case .pinsDiffer: "Repeat, and type the same PIN twice."
        case .pinLengthWrong: "Repeat with as many digits as the card's PIN has."
        case .pinStructureRefused:
            "Ask for another format or fewer messages; vstore reader info shows what the reader can do."
        case .notAuthentic: "Discard the data received, reset the card and open a new session."
        case .sessionEnded: "Open a new one."
        case .noAnswerRecorded: "Record it again if the answer is needed."
        case .credentialsUnusable:
            "Give files in PEM that this user can read, and a key that belongs to the certificate."
        case .noThread: "Close other programs."
        case .cannotListen: "Choose an address of this machine and a free port."
        case .noVirtualReader: "Start pcscd with the driver of the package vsmartcard-vpcd, and check the port."
        }
    }
}

extension SharingConflict {
    /// Nil where no program could be named.
    fileprivate var remedy: String? {
        if isOwn { return "Disconnect the other connection, or share the card." }
        let hint = hiddenCount == 0 ? "" : " Root can see the names of other users' programs."
        return switch (programs.count, hiddenCount) {
        case (0, 0): nil
        case (1, 0): "End \(programs[0].name) (process \(programs[0].process)), or wait for it."
        case (0, _): "End the other user's program, or wait for it.\(hint)"
        default: "End the one that uses the card, or wait for it.\(hint)"
        }
    }
}
