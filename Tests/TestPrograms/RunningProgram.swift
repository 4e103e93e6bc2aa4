package import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A program that runs beside the test, what it says as it comes.
///
/// Whoever waits here blocks the thread. Its input ends when this object goes.
package final class RunningProgram: Sendable {
    /// Where what it writes as errors goes.
    package enum Errors: Sendable {
        /// Where this process's errors go.
        case inherited
        /// It is heard like its output.
        case merged
        case discarded
    }

    /// What was waited for and did not come.
    package struct Silent: Error {
        package let awaited: String
        /// What was waited for before, and came.
        package let heard: String
        /// What it has said since.
        package let said: String
    }

    private struct State {
        var heard = ""
        var said = ""
        /// Set once all it said was heard.
        var end: Int32?
    }

    /// Its number among the system's processes.
    package let process: Int32
    private let state = Monitor(State())
    private let input: FileHandle

    /// Starts it.
    ///
    /// - Parameters:
    ///   - errors: where what it writes as errors goes.
    ///   - onLine: is given each line that it says, on another thread.
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

    /// All it has said so far.
    package var text: String { state.withLock { $0.heard + $0.said } }

    /// Writes to its input.
    package func write(_ text: String) throws { try input.write(contentsOf: Data(text.utf8)) }

    /// Ends its input.
    package func closeInput() throws { try input.close() }

    /// Waits until it says `text`, after what was waited for before.
    ///
    /// - Returns: what it said until then, `text` with it.
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
    /// - Returns: its exit status; where a signal ended it, the signal's number with its sign changed.
    @discardableResult
    package func waitForEnd() -> Int32 { state.wait { $0.end } ?? 0 }

    /// Ends it by SIGKILL, unless it has ended, and returns once it is gone and all it said was heard.
    package func kill() {
        // The number is its own as long as nobody has waited for it, which comes before its end is set.
        state.withLock { if $0.end == nil { _ = signal(process) } }
        waitForEnd()
    }

    private func signal(_ process: Int32) -> Int32 {
        #if canImport(Glibc)
        Glibc.kill(process, SIGKILL)
        #else
        Darwin.kill(process, SIGKILL)
        #endif
    }
}
