/// An error that this program itself detects: what it is, what to do, and how the program ends for it.
struct Failure: Error, CustomStringConvertible {
    let status: ExitStatus
    let description: String

    /// - Parameter text: names the thing, says what is wrong and what to do, as one or more sentences.
    init(_ status: ExitStatus, _ text: String) {
        self.status = status
        description = text
    }
}
