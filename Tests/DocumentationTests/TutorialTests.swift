import Foundation
import TestPrograms
import TestSupport
import Testing

/// Runs the commands of the documents, block by block, in new shells: see Tools/tutorials.
@Suite struct TutorialTests {
    /// One document after the other, since their processes compete with those of other tests.
    @Test(arguments: ["bash", "zsh"]) func `the documents run as they stand`(shell: String) async throws {
        // What a person does with the package is tried where it is installed, by Tools/package --try.
        let documents = DocumentationFiles.documents.filter { $0 != "docs/installed.md" }.map {
            DocumentationFiles.root.appending(path: $0).path
        }
        let outcome = try await Self.run(["--shell", shell] + documents)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test(arguments: [
        ("a command that fails", "```sh\nfalse\ntrue\n```\n"),
        ("other output", "```sh\necho one\n```\n\n```console\ntwo\n```\n"),
        ("a line more", "```sh\nprintf 'one\\ntwo\\n'\n```\n\n```console\none\n```\n"),
        ("a comment, which zsh does not know where it is typed", "```sh\necho one # two\n```\n"),
        ("words that zsh does not split", "```sh\nboth=\"/ /usr\"\nls -d $both\n```\n"),
        ("a program that ends before it is ready", "```sh stays\necho one\n```\n\n```console\ntwo\n```\n"),
        ("a block without an end", "```sh\ntrue\n"),
    ])
    func `a document that is wrong is found`(what: String, text: String) async throws {
        let outcome = try await Self.run(["--shell", "zsh", "FILE"], document: text)
        #expect(outcome.status == 1, "\(what)")
    }

    @Test func `output varies where the document says so`() async throws {
        let outcome = try await Self.run(
            ["FILE"],
            document: """
                ```sh
                mkdir -p "$HOME/a"; echo "begin $$ end"; seq 5; echo "0.05 ms"
                ```

                ```console
                begin … end
                1
                …
                5
                12.3 ms
                ```

                """)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    /// The blocks that build are in .ci/run, line for line, since only CI runs them; what they print is of no interest there.
    ///
    /// Except that an installed program is tried with no system that starts services.
    @Test(arguments: DocumentationFiles.documents.filter { $0 != "docs/installed.md" })
    func `CI runs what documents build`(document: String) throws {
        let run = try DocumentationFiles.text(of: ".ci/run").split(separator: "\n")
            .map { $0.replacing(#/\s>\s/dev/null$/#, with: "").replacing(#/^step /#, with: "") }
        for block in try DocumentationFiles.text(of: document).components(separatedBy: "```sh builds\n").dropFirst() {
            for line in block.components(separatedBy: "```")[0].split(separator: "\n") {
                #expect(run.contains { $0 == line }, "\(line)")
            }
        }
    }

    @Test func `CI follows what a person does with the package`() throws {
        #expect(try DocumentationFiles.text(of: ".ci/run").contains("\nstep Tools/package --try"))
        #expect(try DocumentationFiles.text(of: "Tools/packaging/try").contains("docs/installed.md"))
    }

    /// Tools/build-times, which CI runs, builds a package that depends on ours as libraries.md says.
    @Test func `a user's package names ours as the tools try it`() throws {
        let document = try DocumentationFiles.text(of: "docs/libraries.md")
        let tried = try DocumentationFiles.text(of: "Tools/build-times")
        let block = document.components(separatedBy: "```swift-package\n")[1].components(separatedBy: "```")[0]
        let form = /\.package\(url: "[^"]+\/valuestore\.git", branch: "main"\)/
        let dependency = try #require(block.firstMatch(of: form))
        #expect(tried.contains(dependency.output.replacing(/"[^"]+\.git"/, with: "\"$address\"")))
        #expect(tried.contains("/valuestore.git"))
        let products = block.matches(of: /\.product\(name: "(\w+)", package: "valuestore"\)/)
        #expect(!products.isEmpty && tried.contains(#".product(name: "$product", package: "valuestore")"#))
        let run = try DocumentationFiles.text(of: ".ci/run")
        for product in products {
            #expect(run.firstRange(of: try Regex("\nstep Tools/build-times .*\(product.output.1) [0-9]+")) != nil)
        }
    }

    /// A capture that README shows without its command is made by a tutorial.
    @Test func `README shows what a tutorial prints`() throws {
        let tutorials = try DocumentationFiles.documents.dropFirst().map(DocumentationFiles.text(of:)).joined()
        let captures = try DocumentationFiles.text(of: "README.md").components(separatedBy: "```text\n").dropFirst()
        #expect(captures.count == 1)
        for capture in captures {
            #expect(tutorials.contains(capture.components(separatedBy: "```")[0]))
        }
    }

    /// Runs Tools/tutorials, with FILE among its arguments for a document of this text. It needs no deadline here:
    /// Tools/tutorials has one for everything that a document starts.
    private static func run(_ arguments: [String], document: String = "") async throws -> Program.Outcome {
        try await withTemporaryFolderAsync { folder in
            let file = folder.appending(path: "tried.md")
            try document.write(to: file, atomically: true, encoding: .utf8)
            return try await Program(
                DocumentationFiles.root.appending(path: "Tools/tutorials").path,
                ["--products", BuiltProgram.vstore.deletingLastPathComponent().path]
                    + arguments.map { $0 == "FILE" ? file.path : $0 }
            ).run()
        }
    }
}
