import CardTrace

extension DictionaryError: RemedyProviding {
    var remedy: String {
        switch code {
        case .unreadable: "Check its name and that you may read it."
        case .malformed: "Correct it; APDU/dictionary/README.md has its form."
        case .unknownReference: "Add them to the file, or correct the name."
        }
    }
}
