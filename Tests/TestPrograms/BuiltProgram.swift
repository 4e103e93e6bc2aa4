package import Foundation

/// A program that the package manager builds beside the tests.
package enum BuiltProgram {
    /// The program that is for users.
    package static let vstore = path(of: "vstore")
    /// The host and the meter of tests that kill them.
    package static let lineTestPeer = path(of: "LineTestPeer")

    /// Some folders above the tests' own program, in as many as the systems' bundles have.
    private static func path(of name: String) -> URL {
        var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        for _ in 0..<6 {
            folder.deleteLastPathComponent()
            let program = folder.appending(path: name)
            if FileManager.default.isExecutableFile(atPath: program.path) { return program }
        }
        // To be named by the error of whoever runs it.
        return folder.appending(path: name)
    }
}
