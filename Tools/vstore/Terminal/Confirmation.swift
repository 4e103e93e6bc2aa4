#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A person's confirmation before something is written.
enum Confirmation {
    /// Asks at the terminal.
    ///
    /// - Parameter isGiven: whether `--yes` is on the command line.
    /// - Throws: `Failure` where the answer is not yes, or nobody can be asked.
    static func ask(_ question: String, isGiven: Bool) throws {
        if isGiven { return }
        guard isatty(STDIN_FILENO) == 1 else {
            throw Failure(.usage, "\(question) There is no terminal to ask at: look at the plan, and give --yes.")
        }
        Console.write("\(question) [yes/no] ", to: STDERR_FILENO, lineEnd: "")
        guard let answer = readLine(), answer.lowercased() == "yes" else {
            throw Failure(.refused, "Not confirmed; nothing was written. Answer yes to go on.")
        }
    }
}
