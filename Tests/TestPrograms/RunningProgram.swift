package import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A program that runs in the background, with its output as it arrives.
///
/// Waiting blocks the thread. Its input is closed when this object is released.
package final class RunningProgram: Sendable {
    /// The destination of its standard error.
    package enum Errors: Sendable {
        /// That of this process.
        case inherited
        /// Treated as output.
        case merged
        case discarded
    }

    /// The text that did not arrive.
    package struct Silent: Error {
        package let awaited: String
        /// The text waited for before, which arrived.
        package let heard: String
        /// The output since then.
        package let said: String
    }

    private struct State {
        var heard = ""
        var said = ""
        /// Set once all its output was read.
        var end: Int32?
    }

    /// Its process identifier.
    package let process: Int32
    private let state = Monitor(State())
    private let input: FileHandle

    /// Starts it.
    ///
    /// - Parameters:
    ///   - errors: the destination of its standard error.
    ///   - onLine: receives each line of its output, on another thread.
    /// - Throws: where it cannot be started.
    package init(
        _ program: Program, errors: Errors = .inherited, onLine: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        let (stdin, stdout) = (Pipe(), Pipe())
        let running = program.process()
        running.standardInput = stdin
        running.standardOutput = stdout
        switch errors {
        case .inherited: break
        case .merged: running.standardError = stdout
        case .discarded: running.standardError = FileHandle.nullDevice
        }
        try running.run()
        process = running.processIdentifier
        input = stdin.fileHandleForWriting
        let handle = stdout.fileHandleForReading
        Thread.detachNewThread { [state] in
            Self.listen(to: handle, state, onLine)
            running.waitUntilExit()
            let status = Program.status(running)
            if errors != .merged {
                let outcome = Program.Outcome(status: status, output: state.withLock { $0.heard + $0.said }, errors: "")
                do {
                    try JSONSample.record(program, outcome)
                } catch {
                    preconditionFailure("no sample of JSON can be written: \(error)")
                }
            }
            state.withLock { $0.end = status }
        }
    }

    private static func listen(to handle: FileHandle, _ state: Monitor<State>, _ onLine: (String) -> Void) {
        var bytes: [UInt8] = []
        var line = ""
        while case let data = handle.availableData, !data.isEmpty {
            bytes += data
            // A character may come in pieces.
            guard let text = String(validating: bytes, as: UTF8.self) else { continue }
            bytes = []
            state.withLock { $0.said += text }
            line += text
            while let end = line.firstIndex(of: "\n") {
                onLine(String(line[..<end]))
                line.removeSubrange(...end)
            }
        }
        let rest = String(decoding: bytes, as: UTF8.self)
        state.withLock { $0.said += rest }
    }

    /// All its output so far.
    package var text: String { state.withLock { $0.heard + $0.said } }

    /// Writes to its input.
    package func write(_ text: String) throws { try input.write(contentsOf: Data(text.utf8)) }

    /// Closes its input.
    package func closeInput() throws { try input.close() }

    /// Waits until it prints `text`, after what was waited for before.
    ///
    /// - Returns: its output until then, including `text`.
    /// - Throws: `Silent` where it ended before, or `deadline` passed.
    @discardableResult
    package func wait(for text: String, until deadline: Date = Date(timeIntervalSinceNow: 600)) throws -> String {
        let found = state.wait(until: deadline) { state -> Result<String, Silent>? in
            if let range = state.said.firstRange(of: text) {
                let before = String(state.said[..<range.upperBound])
                state.heard += before
                state.said.removeSubrange(..<range.upperBound)
                return .success(before)
            }
            guard state.end != nil else { return nil }
            return .failure(Silent(awaited: text, heard: state.heard, said: state.said))
        }
        guard let found else {
            throw state.withLock { Silent(awaited: text, heard: $0.heard, said: $0.said) }
        }
        return try found.get()
    }

    /// Waits for a whole line.
    ///
    /// - Returns: the line, without its end.
    package func nextLine(until deadline: Date = Date(timeIntervalSinceNow: 600)) throws -> String {
        String(try wait(for: "\n", until: deadline).dropLast())
    }

    /// Waits for its end.
    ///
    /// - Returns: its exit status; after a signal, the signal's number negated.
    @discardableResult
    package func waitForEnd() -> Int32 { state.wait { $0.end } ?? 0 }

    /// Ends it by SIGKILL, unless it has ended, and returns once it has exited and all its output was read.
    package func kill() {
        // The identifier is not reused before it has been waited for, and its end is set after that.
        state.withLock { if $0.end == nil { _ = signal(process, SIGKILL) } }
        waitForEnd()
    }

    /// Asks it to end by SIGTERM, and waits until it has.
    ///
    /// - Returns: its exit status; after a signal, the signal's number negated.
    package func terminate() -> Int32 {
        state.withLock { if $0.end == nil { _ = signal(process, SIGTERM) } }
        return waitForEnd()
    }

    private func signal(_ process: Int32, _ number: Int32) -> Int32 {
        #if canImport(Glibc)
        Glibc.kill(process, number)
        #else
        Darwin.kill(process, number)
        #endif
    }
}
