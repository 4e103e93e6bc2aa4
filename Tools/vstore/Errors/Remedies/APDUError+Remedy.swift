import ISO7816

extension APDUError: RemedyProviding {
    var remedy: String {
        switch code {
        case .tooShort: "Check that no bytes are missing."
        case .lengthMismatch: "Make Lc the number of data bytes; Le follows them where an answer is expected."
        case .dataTooLong: "Send less at once."
        case .expectedLengthOutOfRange: "Expect 1 to 65,536 bytes."
        case .responseTooLong: "Answer with less at once."
        case .bufferTooSmall: "Report it: this is an error in the program."
        }
    }
}

extension APDUError: ExitStatusProviding {
    var exitStatus: ExitStatus { code == .bufferTooSmall ? .ownFault : .refused }
}
