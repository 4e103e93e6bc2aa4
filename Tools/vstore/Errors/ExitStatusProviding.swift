/// An error shown to users, and how the program ends for it.
protocol ExitStatusProviding: Error {
    var exitStatus: ExitStatus { get }
}

/// How the program ends for `error`; an unknown one is the program's own fault.
func exitStatus(of error: any Error) -> ExitStatus {
    (error as? any ExitStatusProviding)?.exitStatus ?? .ownFault
}

extension Failure: ExitStatusProviding {
    var exitStatus: ExitStatus { status }
}
