import ContactInterface

extension MemoryCardError: RemedyProviding {
    var remedy: String {
        switch code {
        case .noAnswer: "Check which card is in, and put it in again."
        case .unknownKind: "Use a card of two wires or with an I²C bus."
        case .outOfRange: "Stay within the card's memory."
        case .codeWrong: "Find out the right code before another try: the last one locks the card irreversibly."
        case .codeLocked: "It can be read and never be written again; replace it."
        case .lastTry: "Make sure of the code, then allow the last try; a wrong code locks the card irreversibly."
        case .notWritten: "Present the code first; a byte that is protected cannot be changed at all."
        case .notAsExpected: "Read and check them: protection is irreversible."
        }
    }
}
