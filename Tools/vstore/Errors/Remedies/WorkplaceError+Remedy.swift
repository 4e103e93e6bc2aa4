import HeadEnd

extension WorkplaceError: RemedyProviding {
    var remedy: String {
        switch code {
        case .unknownElement: "Check the identifier, or --home."
        case .inUse: "Report it lost first: vstore card block \(subject)."
        case .replaced: "Keep it blocked."
        case .notIssuedHere: "Use the desk that issued it."
        case .bindRefused: "See vstore card info."
        case .unknownCurrency:
            "Name its currency with --currency; after records were lost, vstore card recover learns it."
        case .wrongSuccessor: "Issue it first: vstore card issue."
        case .notAMeter: "Replace a card with vstore card replace."
        }
    }
}

extension WorkplaceError: ExitStatusProviding {
    var exitStatus: ExitStatus { .refused }
}
