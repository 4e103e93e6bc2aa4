import Subprocess

#if canImport(Glibc)
import Glibc
import SystemPackage
#else
import Darwin
import System
#endif

/// A program started with this one's input and output.
enum SpawnedProgram {
    static let segmentationFault = SIGSEGV

    /// Runs it, looked for in `PATH`, and waits for its end.
    ///
    /// - Parameters:
    ///   - environment: added to that of this process.
    ///   - started: receives its process identifier, once it runs.
    /// - Returns: its exit status, or 128 and the number of the signal that ended it.
    /// - Throws: `Failure` where it cannot be started.
    static func run(
        _ words: [String], environment: [String: String], started: @Sendable (pid_t) -> Void
    ) async throws -> Int32 {
        let variables = environment.map { (Environment.Key(stringLiteral: $0), Optional($1)) }
        let status: TerminationStatus
        do {
            status = try await Subprocess.run(
                words[0].contains("/") ? .path(FilePath(words[0])) : .name(words[0]),
                arguments: Arguments(Array(words.dropFirst())),
                environment: .inherit.updating(Dictionary(uniqueKeysWithValues: variables)),
                input: .currentStandardInput, output: .currentStandardOutput, error: .currentStandardError
            ) { started($0.processIdentifier.value) }.terminationStatus
        } catch let error as SubprocessError where [.executableNotFound, .spawnFailed].contains(error.code) {
            let reason = error.underlyingError.map { "\($0)" } ?? "\(error)"
            throw Failure(.usage, "\(words[0]): cannot be started (\(reason)). Check its name.")
        }
        return switch status {
        case .exited(let code): code
        case .signaled(let number): 128 + number
        }
    }
}
