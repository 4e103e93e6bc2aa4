import ContactInterface

extension TransmissionError: RemedyProviding {
    var remedy: String {
        switch code {
        case .mute: "Check that it lies the right way round, and that its supply is right."
        case .answerToReset: "Clean the contacts and put the card in again."
        case .noCommonProtocol: "Allow T=0 and T=1, or use another reader."
        case .operatingClass: "Switch it off, and activate it in a class that it names."
        case .nodeAddress: "Use two different nodes of 0 to 7, or 00 where nodes are not distinguished."
        case .waitingTime: "Reset the card; what it did with the command is unknown."
        case .parity: "Clean the contacts, reset the card and repeat at a lower speed."
        case .protocolViolation: "Reset the card; what it did with the command is unknown."
        case .resynchronized: "Find out by another command what the card did; no reset is needed."
        case .unrecoverable: "Reset the card; what it did with the command is unknown."
        case .aborted: "Send less at once; no reset is needed."
        case .timeout: "Allow more, or reset the card."
        case .command: "Use T=1, or an instruction other than 6x and 9x."
        case .notReady: "Reset it first."
        }
    }
}

extension TransmissionError: ExitStatusProviding {
    var exitStatus: ExitStatus {
        switch code {
        case .nodeAddress, .command: .refused
        default: .unreachable
        }
    }
}
