import CardScript

extension ShellError: RemedyProviding {
    var remedy: String {
        switch code {
        case .unknownWord: "Type help, or press Tab for the names of commands."
        case .badUsage: "Write \(usage ?? "what help says")."
        case .badSet: "Write set name = value; a name is of letters, digits and _."
        case .unknownName: "Press Tab after select for the names, or give digits."
        case .ambiguousName: "Choose one."
        case .noAnswer: "Send a command first; tlv takes digits too."
        case .notInAnswer: "Look at the answer with tlv."
        case .badParameter: "Write each at most once: p1=00, p2=00, data=HEX without blanks, le=0 to 256, cla=00."
        case .badData: "Write the whole command in digits."
        case .script: (cause as? ScriptError)?.remedy ?? "Type help."
        }
    }
}

extension ShellError: ExitStatusProviding {
    var exitStatus: ExitStatus { .usage }
}
