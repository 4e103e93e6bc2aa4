import ArgumentParser

/// A machine and a port: `desk.example:7816`, `[::1]:7816`.
struct RelayAddress: ExpressibleByArgument, Sendable, CustomStringConvertible {
    let host: String
    let port: Int

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...])
        else { return nil }
        var host = argument[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        self.host = String(host)
        self.port = Int(port)
    }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension RelayAddress: ExplainedArgument {
    static func fault(in text: String) -> String {
        guard let colon = text.lastIndex(of: ":") else { return "the port is missing. Write it as desk.example:7816." }
        let port = text[text.index(after: colon)...]
        if UInt16(port) == nil { return "'\(port)' is not a port. Write 0 to 65535, as in desk.example:7816." }
        return "the machine is missing. Write it as desk.example:7816 or [::1]:7816."
    }
}
