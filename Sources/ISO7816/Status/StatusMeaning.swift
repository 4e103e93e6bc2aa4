extension StatusWord {
    /// The meaning of the status word in ISO/IEC 7816-4, tables 5 and 6: a phrase without a full stop.
    ///
    /// An application may define its own; for a value that the standard leaves open, this is the meaning of SW1.
    public var meaning: String {
        if let left = bytesAvailable { return "done; \(left) bytes are still to be fetched" }
        if let right = correctLength { return "wrong Le; \(right) bytes are there" }
        if let tries = triesLeft { return tries == 1 ? "failed; 1 try left" : "failed; \(tries) tries left" }
        if let count = triggeringLength {
            return sw1 == 0x62
                ? "the card has a query of \(count) bytes for the outside world"
                : "aborted: the card asks for an answer to its query of \(count) bytes first"
        }
        return Self.meanings[rawValue] ?? meaningOfFirstByte
    }

    private var meaningOfFirstByte: String {
        switch sw1 {
        case 0x62: "warning, nothing changed"
        case 0x63: "warning, memory has changed"
        case 0x64: "execution error, nothing changed"
        case 0x65: "execution error, memory has changed"
        case 0x66: "execution error that concerns security"
        case 0x67: "wrong length"
        case 0x68: "function in CLA not supported"
        case 0x69: "command not allowed"
        case 0x6A: "wrong parameters P1-P2"
        case 0x6B: "wrong parameters P1-P2"
        case 0x6D: "instruction not supported or invalid"
        case 0x6E: "class not supported"
        case 0x6F: "no precise diagnosis"
        case 0x90...0x9F: "defined by the application"
        default: "no status word of ISO/IEC 7816-4"
        }
    }

    private static let meanings: [UInt16: String] = [
        0x9000: "done",
        0x6200: "warning, nothing changed",
        0x6281: "part of the data may be corrupted",
        0x6282: "end of file or record before Ne bytes, or search without a match",
        0x6283: "selected file is deactivated",
        0x6284: "control information is not formatted as it should be",
        0x6285: "selected file is in termination state",
        0x6286: "no input from a sensor of the card",
        0x6287: "at least one of the referenced records is deactivated",
        0x6300: "warning, memory has changed; often: not verified",
        0x6381: "file filled up by the last write",
        0x6400: "execution error, nothing changed",
        0x6401: "the card asks for an immediate answer",
        0x6481: "logical channel cannot be shared",
        0x6482: "logical channel cannot be opened",
        0x6500: "execution error, memory has changed",
        0x6581: "memory failure",
        0x6600: "execution error that concerns security",
        0x6700: "wrong length",
        0x6701: "command has a form that no case allows",
        0x6702: "Lc has a value that is not expected",
        0x6800: "function in CLA not supported",
        0x6881: "logical channel not supported",
        0x6882: "secure messaging not supported",
        0x6883: "last command of the chain expected",
        0x6884: "command chaining not supported",
        0x6900: "command not allowed",
        0x6981: "command does not go with this kind of file",
        0x6982: "security status not satisfied",
        0x6983: "authentication method blocked",
        0x6984: "reference data cannot be used",
        0x6985: "conditions of use not satisfied",
        0x6986: "command not allowed: no current file",
        0x6987: "secure messaging data objects are missing",
        0x6988: "secure messaging data objects are wrong",
        0x6A00: "wrong parameters P1-P2",
        0x6A80: "wrong data",
        0x6A81: "function not supported",
        0x6A82: "file or application not found",
        0x6A83: "record not found",
        0x6A84: "not enough memory in the file",
        0x6A85: "Nc does not go with the TLV structure",
        0x6A86: "wrong parameters P1-P2",
        0x6A87: "Nc does not go with P1-P2",
        0x6A88: "referenced data not found",
        0x6A89: "file exists already",
        0x6A8A: "name of application exists already",
        0x6B00: "wrong parameters P1-P2",
        0x6D00: "instruction not supported or invalid",
        0x6E00: "class not supported",
        0x6F00: "no precise diagnosis",
    ]
}
