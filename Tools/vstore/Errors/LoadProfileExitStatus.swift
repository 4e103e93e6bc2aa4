import Metrology

extension LoadProfileError: TellsExitStatus {
    var exitStatus: ExitStatus { .file }
}
