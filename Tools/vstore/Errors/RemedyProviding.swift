/// An error for which this program knows what a person should do next.
protocol RemedyProviding: Error {
    /// One or more sentences.
    var remedy: String { get }
}

/// What the program says of an error: what is wrong, then what to do. There is one remedy, that of the outermost error.
func explained(_ error: any Error) -> String {
    guard let remedy = (error as? any RemedyProviding)?.remedy, !remedy.isEmpty else { return "\(error)" }
    let text = "\(error)"
    return text.hasSuffix(".") ? "\(text) \(remedy)" : "\(text). \(remedy)"
}
