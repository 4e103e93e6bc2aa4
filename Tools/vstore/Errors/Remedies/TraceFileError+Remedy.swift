import CardTrace

extension TraceFileError: RemedyProviding {
    var remedy: String {
        switch code {
        case .unknownForm: "Name its form, as vstore does with --format."
        case .oldCapture: "Turn it into pcapng: editcap -F pcapng OLD NEW."
        case .malformedBlock: "Capture it again; what stands before the place can be used."
        case .truncated: "Copy it again; what stands before the place can be used."
        case .malformedLine: "Correct the line or take it out."
        case .newerVersion: "Read it with a newer version of this program."
        case .notHexadecimal: "Write two digits a byte, or take the line out."
        case .answerWithoutCommand: "Add the command, or take the line out."
        }
    }
}
