import DurableFiles

extension CSVError: RemedyProviding {
    var remedy: String {
        switch code {
        case .openQuote: "Close it with a quote."
        case .strayQuote: "Put the whole field in quotes, and double those in it."
        case .wrongCount: "Give each row as many fields as the header."
        case .missingColumn: "Name it in the header."
        case .unexpectedColumn: "Remove it."
        case .wrongField: "Correct the field."
        }
    }
}
