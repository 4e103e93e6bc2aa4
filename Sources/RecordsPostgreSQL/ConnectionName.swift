internal import CPQ

/// A connection string as messages show it.
enum ConnectionName {
    /// The host and the database's name, without user and password.
    static func description(of information: String) -> String {
        guard let options = unsafe PQconninfoParse(information, nil) else { return "PostgreSQL" }
        defer { unsafe PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val {
                unsafe values[String(cString: keyword)] = unsafe String(cString: value)
            }
            unsafe option += 1
        }
        return "postgresql://\(values["host"] ?? "")/\(values["dbname"] ?? "")"
    }
}
