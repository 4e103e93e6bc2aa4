import ISO7816

extension ATRError: RemedyProviding {
    var remedy: String {
        switch code {
        case .unknownInitialCharacter: "Check the bytes; a memory card answers otherwise."
        case .truncated: "Check that no bytes are missing."
        case .unknownProtocol: "Choose T=0, T=1 or both."
        case .tooManyHistoricalBytes: "Give 15 or fewer."
        case .valueOutOfRange: "Choose a value that ISO/IEC 7816-3 allows."
        }
    }
}

extension ATRError: ExitStatusProviding {
    var exitStatus: ExitStatus { .refused }
}
