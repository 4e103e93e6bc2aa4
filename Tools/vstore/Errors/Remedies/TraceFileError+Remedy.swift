import CardTrace

extension TraceFileError: RemedyProviding {
    var remedy: String {
        switch code {
        case .unknownForm: "Name its form, as vstore does with --format."
        case .oldCapture: "Turn it into pcapng: editcap -F pcapng OLD NEW."
        case .malformedBlock: "Capture it again; everything before this offset can be used."
        case .truncated: "Copy it again; everything before this offset can be used."
        case .malformedLine: "Correct the line or remove it."
        case .newerVersion: "Read it with a newer version of this program."
        case .notHexadecimal: "Write two digits per byte, or remove the line."
        case .answerWithoutCommand: "Add the command, or remove the line."
        case .endlessLine: "Name a file of text, with one event on each line."
        case .unreadLinkType: "Capture one of these, or export the APDUs as text."
        }
    }
}
