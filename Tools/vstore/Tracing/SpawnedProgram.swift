#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A program started with this one's input and output.
struct SpawnedProgram: Sendable {
    static let segmentationFault = SIGSEGV
    let process: pid_t

    /// Starts it, looked for in `PATH`.
    ///
    /// - Throws: `Failure` where it cannot be started.
    init(_ words: [String], environment: [String: String]) throws {
        var values: [String] = []
        var place = environ
        while let entry = place.pointee {
            let text = String(cString: entry)
            if !environment.keys.contains(where: { text.hasPrefix($0 + "=") }) { values.append(text) }
            place += 1
        }
        values += environment.map { "\($0.key)=\($0.value)" }
        var arguments = words.map { strdup($0) } + [nil]
        var variables = values.map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var process: pid_t = 0
        let result = posix_spawnp(&process, words[0], nil, nil, &arguments, &variables)
        guard result == 0 else {
            throw Failure(
                .usage, "\(words[0]): cannot be started (\(String(cString: strerror(result)))). Check its name.")
        }
        self.process = process
    }

    /// Waits for its end, on a thread of its own.
    ///
    /// - Returns: its exit status, or 128 and the number of the signal that ended it.
    func end() async -> Int32 {
        await OwnThread.run {
            var status: CInt = 0
            while waitpid(process, &status, 0) < 0, errno == EINTR {}
            return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        }
    }
}
