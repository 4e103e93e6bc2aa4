import Foundation
import TestPrograms

/// The openssl program.
enum OpenSSL {
    /// Its error output.
    struct Failure: Error {
        let errors: String
    }

    static func run(_ arguments: [String], in folder: URL? = nil) throws -> Program.Outcome {
        try Program("/usr/bin/openssl", arguments, in: folder).runBlocking()
    }

    /// Has it make files in `folder`.
    ///
    /// - Throws: `Failure` where it fails.
    static func make(_ arguments: [String], in folder: URL) throws {
        let outcome = try run(arguments, in: folder)
        guard outcome.status == 0 else { throw Failure(errors: outcome.errors) }
    }
}
