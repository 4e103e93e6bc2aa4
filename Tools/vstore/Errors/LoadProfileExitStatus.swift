import MeterBench

extension LoadProfileError: TellsExitStatus {
    var exitStatus: ExitStatus { .file }
}
