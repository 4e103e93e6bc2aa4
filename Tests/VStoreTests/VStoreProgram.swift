import Foundation
import TestPrograms
import TestSupport

/// The built program, run as its users run it.
struct VStoreProgram {
    /// How a run ended and its output.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String

        /// Its output as JSON.
        func json() throws -> Any {
            try JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed)
        }

        /// Its output as one JSON object.
        func object() throws -> [String: Any] { (try json() as? [String: Any]) ?? [:] }
    }

    /// The host's folder of this program.
    let home: URL

    /// A program with its own folder, which is removed after `body`.
    static func withHome<Value>(_ body: (VStoreProgram) throws -> Value) throws -> Value {
        try withTemporaryFolder { try body(VStoreProgram(home: $0)) }
    }

    /// Runs it with `input` and waits for its end.
    ///
    /// - Parameters:
    ///   - output: the file to which its standard output goes, instead of the outcome.
    ///   - folder: the working directory; that of the tests unless given.
    ///   - environment: variables besides those of every run.
    func run(
        _ arguments: [String], input: String = "", output: URL? = nil, columns: Int = 80, in folder: URL? = nil,
        environment: [String: String] = [:]
    ) throws -> Outcome {
        let outcome = try Program(
            BuiltProgram.vstore.path, arguments,
            environment: .only(
                [
                    "VSTORE_HOME": home.path, "COLUMNS": "\(columns)", "PATH": "/usr/bin:/bin", "HOME": home.path,
                    // No service is asked for readers, so that the tests do not depend on the machine's.
                    "PCSCLITE_CSOCK_NAME": home.appending(path: "no-service").path,
                ].merging(environment) { $1 }), in: folder
        ).runBlocking(input: input, output: output)
        return Outcome(status: outcome.status, output: outcome.output, errors: outcome.errors)
    }

    /// Runs it with arguments separated by blanks.
    func run(
        _ line: String, input: String = "", in folder: URL? = nil, environment: [String: String] = [:]
    ) throws -> Outcome {
        try run(
            line.split(separator: " ").map(String.init), input: input, in: folder, environment: environment)
    }
}
