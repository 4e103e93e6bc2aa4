import Records

extension ElementStatus {
    /// The name in JSON.
    var name: String {
        switch self {
        case .inUse: "in-use"
        case .lost: "lost"
        case .blocked: "blocked"
        case .replaced: "replaced"
        }
    }
}
