import MeterBench

extension LoadProfileError: ExitStatusProviding {
    var exitStatus: ExitStatus { .file }
}
