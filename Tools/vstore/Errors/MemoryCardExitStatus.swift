import ContactInterface

extension MemoryCardError: ExitStatusProviding {
    var exitStatus: ExitStatus { code == .noAnswer ? cause.map(vstore.exitStatus) ?? .unreachable : .refused }
}
