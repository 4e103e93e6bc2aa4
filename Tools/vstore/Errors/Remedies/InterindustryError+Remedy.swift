import ISO7816

extension InterindustryError: RemedyProviding {
    var remedy: String {
        switch code {
        case .noAnswer: "Reset the card and repeat."
        case .refused: "See what the status word says."
        case .malformedAnswer: "Look at it with a trace: the card may use a form of its own."
        case .outOfRange: "Give one that the command can carry."
        case .tooLong: "Raise the limit, or distrust the card."
        case .noChannel: "Close one, or reset the card, which closes all."
        }
    }
}
