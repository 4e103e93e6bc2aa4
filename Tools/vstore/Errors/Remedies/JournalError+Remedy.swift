import Issuing
import Records

extension JournalError: RemedyProviding {
    var remedy: String {
        // A journal that is in the records.
        if let records = cause as? HostError { return records.remedy }
        return switch code {
        case .unreadable: "Check the path and its permissions."
        case .inUse: "End that program first."
        case .notWritten: "Free disk space; nothing was sent to the card that is not recorded."
        case .damaged: "Restore the file from its copy; do not issue cards without it."
        case .wrongKind: "Name the right file, or use the newer program."
        }
    }
}
