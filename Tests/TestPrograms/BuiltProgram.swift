package import Foundation

/// A program that the package manager builds together with the tests.
package enum BuiltProgram {
    /// The program for users.
    package static let vstore = path(of: "vstore")
    /// Host and meter for tests that kill them.
    package static let lineTestPeer = path(of: "LineTestPeer")

    /// A few folders above the tests' own program, depending on the system's bundles.
    private static func path(of name: String) -> URL {
        var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        for _ in 0..<6 {
            folder.deleteLastPathComponent()
            let program = folder.appending(path: name)
            if FileManager.default.isExecutableFile(atPath: program.path) { return program }
        }
        // Named by the error when it is run.
        return folder.appending(path: name)
    }
}
