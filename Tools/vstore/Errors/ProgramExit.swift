import ArgumentParser

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What the program prints and returns when it ends with an error.
struct ProgramExit {
    let status: ExitStatus
    let text: String
    private let error: any Error
    private let parserError: (any Error)?
    /// The exit status of another program that this one ran.
    private let passedOn: Int32?

    init(_ error: any Error) {
        let code = VStore.exitCode(for: error)
        passedOn = (error as? ExitCode)?.rawValue
        self.error = error
        if error is any ExitStatusProviding {
            (status, text, parserError) = (exitStatus(of: error), explained(error), nil)
        } else if let code = error as? ExitCode {
            (status, text, parserError) = (ExitStatus(rawValue: code.rawValue) ?? .ownFault, "", nil)
        } else if code == .success || code == .validationFailure {
            // Help, version, and errors of the command line.
            let message = VStore.message(for: error)
            let hint =
                code == .success
                ? nil : NegativeValue.hint(for: message) ?? MistypedOption.hint(for: message)
            status = code == .success ? .done : .usage
            text = VStore.fullMessage(for: error) + (hint.map { "\n\($0)" } ?? "")
            parserError = error
        } else if error is CancellationError {
            (status, text, parserError) = (.interrupted, "Interrupted.", nil)
        } else {
            (status, text, parserError) = (.ownFault, "\(error)", nil)
        }
    }

    /// Ends the program.
    func leave() -> Never {
        show()
        Self.leave(passedOn ?? status.rawValue)
    }

    static func leave(_ status: ExitStatus) -> Never { leave(status.rawValue) }

    private func show() {
        if text.isEmpty { return }
        if status == .done {
            Console.printLine(text)
        } else if CommandLine.arguments.contains("--json") {
            Console.complain("\(["error": json] as JSONValue)")
        } else if parserError != nil {
            Console.complain(text)
        } else {
            Console.complain(Paint.red.on(text, of: STDERR_FILENO))
        }
    }

    private var json: JSONValue {
        if error is any ExitStatusProviding { return .error(error) }
        return [
            "status": .number(Int(status.rawValue)), "kind": .text(status.name),
            "message": .text(parserError.map { VStore.message(for: $0) } ?? text),
        ]
    }

    /// Ends the program; output that was lost is an error, whatever else there was, except that the caller must
    /// learn of an outcome in doubt.
    ///
    /// Without the libraries' destructors: threads that watch readers or serve a connection may be in the middle of a
    /// call into a library that the destructors would unload.
    private static func leave(_ status: Int32) -> Never {
        let lost = OutputFailure.first.map { ProgramExit($0) }
        lost?.show()
        unsafe fflush(nil)
        _exit(status == ExitStatus.inDoubt.rawValue ? status : lost?.status.rawValue ?? status)
    }
}
