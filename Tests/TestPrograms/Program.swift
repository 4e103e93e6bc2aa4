package import Foundation

/// A program with its arguments, to be run to its end (`run`) or in the background (`RunningProgram`).
package struct Program: Sendable {
    /// A program's environment.
    package enum Environment: Sendable {
        /// That of this process, with these added.
        case inherited([String: String])
        /// These only.
        case only([String: String])
    }

    /// How a program ended and its output.
    package struct Outcome: Sendable {
        /// Its exit status; after a signal, the signal's number negated.
        package let status: Int32
        package let output: String
        package let errors: String
    }

    /// Its whole path, or its name where `PATH` has it.
    package let path: String
    package let arguments: [String]
    package let environment: Environment
    /// Its working directory; nil for that of this process.
    package let folder: URL?

    package init(
        _ path: String, _ arguments: [String] = [], environment: Environment = .inherited([:]), in folder: URL? = nil
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
    }

    /// Runs it with `input`, and waits for its end on a separate thread.
    ///
    /// The program may wait for a card that a task here holds, so no thread that runs tasks may wait for it.
    package func run(input: String = "") async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try runBlocking(input: input) }) }
        }
    }

    /// Runs it with `input`, and waits for its end. Blocks the thread.
    ///
    /// Uses `Process` and not swift-subprocess, whose `run` needs a task to end: where tests block all threads of the
    /// pool, as on a machine with two processors, it would never end.
    ///
    /// - Parameter output: the file to which its standard output goes, instead of the outcome.
    /// - Throws: where it cannot be started.
    package func runBlocking(input: String = "", output file: URL? = nil) throws -> Outcome {
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        let process = process()
        process.standardInput = stdin
        if let file {
            process.standardOutput = try FileHandle(forWritingTo: file)
        } else {
            process.standardOutput = stdout
        }
        process.standardError = stderr
        try process.run()
        let errors = Monitor<Result<Data, any Error>?>(nil)
        let errorsHandle = stderr.fileHandleForReading
        Thread.detachNewThread {
            let all = Result { try errorsHandle.readToEnd() ?? Data() }
            errors.withLock { $0 = all }
        }
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = file == nil ? try stdout.fileHandleForReading.readToEnd() ?? Data() : Data()
        let said = try errors.wait { $0 }?.get() ?? Data()
        process.waitUntilExit()
        let outcome = Outcome(
            status: Self.status(process), output: String(decoding: output, as: UTF8.self),
            errors: String(decoding: said, as: UTF8.self))
        if file == nil { try JSONSample.record(self, outcome) }
        return outcome
    }

    func process() -> Process {
        let process = Process()
        if path.contains("/") {
            process.executableURL = URL(filePath: path)
            process.arguments = arguments
        } else {
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [path] + arguments
        }
        process.environment =
            switch environment {
            case .inherited(let more): ProcessInfo.processInfo.environment.merging(more) { $1 }
            case .only(let all): all
            }
        if let folder { process.currentDirectoryURL = folder }
        return process
    }

    static func status(_ process: Process) -> Int32 {
        process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }
}
