import ContactInterface

extension MemoryCardError: TellsExitStatus {
    var exitStatus: ExitStatus { code == .noAnswer ? cause.map(vstore.exitStatus) ?? .unreachable : .refused }
}
