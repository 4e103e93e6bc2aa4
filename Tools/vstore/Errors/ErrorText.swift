import Diagnostics

extension JSONValue {
    /// An error for programs: how the program ends for it; its type, number and subject where known; its text for people.
    static func error(_ error: any Error) -> JSONValue {
        let status = exitStatus(of: error)
        var members: [(name: String, value: JSONValue)] = [
            ("status", .number(Int(status.rawValue))), ("kind", .text(status.name)),
        ]
        if let error = error as? any DiagnosticError {
            members += [
                ("error", .text("\(type(of: error))")), ("code", .number(Int(error.code.rawValue))),
                ("subject", .text(error.subject)),
            ]
        }
        return .object(members + [("message", .text(explained(error)))])
    }
}

extension Console {
    /// Reports an error after which the work goes on.
    func report(_ error: any Error) {
        Console.complain(isJSON ? "\(["error": .error(error)] as JSONValue)" : explained(error))
    }
}
