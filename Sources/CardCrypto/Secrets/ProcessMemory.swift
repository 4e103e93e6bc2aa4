internal import COpenSSL

/// The memory of the whole process, where it holds keys.
package enum ProcessMemory {
    /// Forbids core dumps, and reading this process's memory by other processes of the same user: ptrace, debuggers and
    /// `/proc` (prctl(2), PR_SET_DUMPABLE). Programs that it starts may be read as always; they inherit only that they
    /// leave no core dump.
    ///
    /// - Returns: false where the system refuses it; the process works as well.
    @discardableResult package static func forbidDumps() -> Bool { vs_forbid_dumps() == 0 }

    /// Whether its memory may be dumped or read.
    package static var mayBeDumped: Bool { vs_may_be_dumped() != 0 }
}
