import Foundation

/// What a run of `vstore --json` printed, kept for `Tools/json-schemas` where `VSTORE_JSON_SAMPLES` names a folder.
enum JSONSample {
    static func record(_ program: Program, _ outcome: Program.Outcome) throws {
        // The program may be run by another, as by timeout.
        let words = [program.path] + program.arguments
        guard let folder = ProcessInfo.processInfo.environment["VSTORE_JSON_SAMPLES"],
            let start = words.firstIndex(of: BuiltProgram.vstore.path), words.contains("--json")
        else { return }
        // A program that was killed may have written a part of a line.
        let output = outcome.output.lastIndex(of: "\n").map { String(outcome.output[...$0]) } ?? ""
        let sample: [String: Any] = [
            "arguments": Array(words[(start + 1)...]), "status": Int(outcome.status), "output": output,
            "errors": outcome.errors,
        ]
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try JSONSerialization.data(withJSONObject: sample, options: .sortedKeys)
            .write(to: URL(filePath: folder).appending(path: UUID().uuidString + ".json"))
    }
}
