import ISO7816

extension KnownCardsError: RemedyProviding {
    var remedy: String {
        switch code {
        case .malformedPattern: "Install the list of known cards again."
        }
    }
}

extension KnownCardsError: ExitStatusProviding {
    var exitStatus: ExitStatus { .file }
}
