import Foundation

/// What a run of `vstore --json` printed, kept for `Tools/json-schemas` where `VSTORE_JSON_SAMPLES` names a folder.
enum JSONSample {
    static func record(_ program: Program, _ outcome: Program.Outcome) throws {
        guard let folder = ProcessInfo.processInfo.environment["VSTORE_JSON_SAMPLES"],
            program.path == BuiltProgram.vstore.path, program.arguments.contains("--json")
        else { return }
        let sample: [String: Any] = [
            "arguments": program.arguments, "status": Int(outcome.status), "output": outcome.output,
            "errors": outcome.errors,
        ]
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try JSONSerialization.data(withJSONObject: sample, options: .sortedKeys)
            .write(to: URL(filePath: folder).appending(path: UUID().uuidString + ".json"))
    }
}
