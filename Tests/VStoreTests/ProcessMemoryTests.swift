import Foundation
import TestPrograms
import Testing

/// The running program, as other processes of the same user see it: keys and PINs are in its memory.
@Suite("Memory of the program", .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/environ")))
struct ProcessMemoryTests {
    /// What a running program shows.
    private struct Seen {
        /// Whether its memory may be read: `/proc/PID/environ` is under the same rule as `/proc/PID/mem` (proc(5)).
        let isReadable: Bool
        /// Its core limit, soft and hard.
        let coreLimit: [Substring]
    }

    /// Root with its capabilities may read everything, so as root everything runs without them.
    private static let user = getuid() == 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : []
    /// The highest core limit that there may be.
    private static let raised = [
        "sh", "-c", #"ulimit -c unlimited 2> /dev/null || ulimit -S -c "$(ulimit -H -c)"; exec "$@""#, "sh",
    ]

    private func program(_ words: [String], _ environment: Program.Environment = .inherited([:])) -> Program {
        Program("/usr/bin/env", words, environment: environment)
    }

    /// Runs a program until it has answered `line` with `answer` and waits for its next line.
    private func look(
        at words: [String], _ environment: Program.Environment = .inherited([:]), line: String, answer: String
    ) throws -> Seen {
        let running = try RunningProgram(
            program(Self.raised + Self.user + words, environment), errors: .inherited)
        defer { running.kill() }
        try running.write(line + "\n")
        try running.wait(for: answer)
        let read = try program(Self.user + ["cat", "/proc/\(running.process)/environ"]).runBlocking()
        let limits = try String(contentsOfFile: "/proc/\(running.process)/limits", encoding: .utf8)
        let limit = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
        return Seen(
            isReadable: read.status == 0, coreLimit: Array(limit.split(separator: " ").dropFirst(4).prefix(2)))
    }

    @Test func `a program that runs can be neither dumped nor read`() throws {
        // Another program, run in the same way: what is seen of it is not due to the machine.
        let other = try look(at: ["cat"], line: "one line", answer: "one line")
        #expect(other.isReadable)
        #expect(other.coreLimit.first == other.coreLimit.last, "the limit is raised")

        try VStoreProgram.withHome { vstore in
            let made = try vstore.run(
                "card blank --file card --id 00A1B2C3-10-011234 --transport-key-file -",
                input: "00112233445566778899AABBCCDDEEFF\n")
            #expect(made.status == 0, "\(made)")
            let seen = try look(
                at: [BuiltProgram.vstore.path, "apdu", "shell", "--card", "card"],
                .only(["VSTORE_HOME": vstore.home.path, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]),
                line: "00 CA 01 00 00", answer: "9000")
            #expect(!seen.isReadable)
            #expect(seen.coreLimit.first == "0")
        }
    }
}
