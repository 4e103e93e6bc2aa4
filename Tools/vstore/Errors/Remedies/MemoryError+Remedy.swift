import ValueElement

extension MemoryError: RemedyProviding {
    var remedy: String {
        switch code {
        case .powerLost: "Power it up again; it restores its last complete state."
        case .writeFailed: "Free disk space, or fix its permissions, and repeat."
        case .missing: "Check its name, or make a new one."
        case .unreadable: "Fix its permissions or the disk, and repeat."
        case .exists: "Choose another name: a card's memory is never replaced."
        case .inUse: "End the other program first."
        case .notMemory: "Check the name of the file."
        case .unknownVersion: "Use a newer program."
        case .corrupt: "Restore it from a backup; its value is in the host's records."
        }
    }
}
