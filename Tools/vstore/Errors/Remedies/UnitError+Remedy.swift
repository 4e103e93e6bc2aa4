import Grid

extension UnitError: RemedyProviding {
    var remedy: String {
        switch code {
        case .listUnreadable: "Bring it back from a backup, or remove it: the unit then finds its meters anew."
        case .listNotKept: "Make room or mend the permissions there: until then no meter gets a station."
        case .queueUnreadable:
            "Bring it back from a backup, or remove it: what was under way then ends as perhaps done, and is found out."
        case .queueNotKept: "Make room or mend the permissions there: until then no load is accepted."
        case .inUse: "End the program that serves this line."
        }
    }
}
