import Issuing

extension JournalError: RemedyProviding {
    var remedy: String {
        switch code {
        case .unreadable: "See that the path is right and yours."
        case .inUse: "End that program first."
        case .notWritten: "Make room on the disk; nothing was sent to the card that is not written down."
        case .damaged: "Restore the file from its copy; do not issue cards without it."
        case .wrongKind: "Name the right file, or use the newer program."
        }
    }
}
