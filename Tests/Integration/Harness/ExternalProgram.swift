import Foundation

/// A program that is not ours, run to its end.
struct ExternalProgram: Sendable {
    /// How it ended and what it said.
    struct Outcome: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    private let path: String
    private let arguments: [String]
    private let environment: [String: String]

    /// - Parameters:
    ///   - path: its whole path, or its name where `PATH` has it.
    ///   - environment: set beside what this process has.
    init(_ path: String, _ arguments: [String] = [], environment: [String: String] = [:]) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
    }

    /// Runs it with `input`, and waits for its end on a thread of its own.
    ///
    /// The program may wait for a card that a task here holds, so no thread may wait for it that runs tasks.
    func run(input: String = "") async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try runBlocking(input: input) }) }
        }
    }

    /// Runs it with `input`, and waits for its end. Blocks the thread.
    func runBlocking(input: String = "") throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stderr
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        // Errors are few and fit the pipe, so that reading one stream after the other cannot lock.
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        let errors = try stderr.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
            errors: String(decoding: errors, as: UTF8.self))
    }
}
