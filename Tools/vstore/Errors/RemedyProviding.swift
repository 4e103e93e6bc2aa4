/// An error for which this program knows what a person should do next.
protocol RemedyProviding: Error {
    /// One or more sentences.
    var remedy: String { get }
}

/// The text shown for an error: what is wrong, then what to do. Only the outermost error has a remedy.
func explained(_ error: any Error) -> String {
    guard var remedy = (error as? any RemedyProviding)?.remedy, !remedy.isEmpty else { return "\(error)" }
    if FullDisk.isCause(of: error), !remedy.contains(FullDisk.remedy) {
        // What is in doubt stays so until it is asked again, also where there is space.
        remedy = exitStatus(of: error) == .inDoubt ? "\(FullDisk.remedy) \(remedy)" : FullDisk.remedy
    }
    let text = "\(error)"
    return text.hasSuffix(".") ? "\(text) \(remedy)" : "\(text). \(remedy)"
}
