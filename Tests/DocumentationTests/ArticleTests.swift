import Foundation
import Testing

/// The code that documents and articles show is code of this folder and of Snippets, which compiles and, where it needs no
/// reader, runs.
@Suite struct ArticleTests {
    /// The catalogues' articles, by their path from the package's folder.
    static let articles = DocumentationFiles.paths(under: "Sources") { $0.contains(".docc/") && $0.hasSuffix(".md") }

    /// What users import, as Package.swift lists it.
    static func libraries() throws -> [String] {
        let package = try DocumentationFiles.text(of: "Package.swift")
        let list = try #require(package.firstRange(of: "let libraries = ["))
        let rest = package[list.upperBound...]
        let end = try #require(rest.firstIndex(of: "]"))
        return rest[..<end].split(separator: "\n").filter { !$0.contains("//") }.joined().split(separator: "\"")
            .map(String.init).filter { $0.allSatisfy { $0.isLetter || $0.isNumber } }
    }

    /// Everything that compiles here, line for line, without indentation.
    private static func compiled() throws -> String {
        try
            (DocumentationFiles.paths(under: "Tests/DocumentationTests/Articles") { _ in true }
            + DocumentationFiles.paths(under: "Snippets") { _ in true })
            .map { flat(try DocumentationFiles.text(of: $0)) }.joined(separator: "\n\n")
    }

    private static func flat(_ text: some StringProtocol) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: true).map { $0.drop { $0 == " " } }
            .joined(separator: "\n")
    }

    private static func imports(of text: some StringProtocol) -> Set<Substring> {
        Set(
            text.split(separator: "\n").filter { $0.hasPrefix("import ") }.map { $0.dropFirst(7) }.map { Substring($0) }
        )
    }

    /// The blocks of Swift in an article.
    private static func blocks(of article: String) throws -> [String] {
        try DocumentationFiles.text(of: article).components(separatedBy: "```swift\n").dropFirst().map { rest in
            rest.components(separatedBy: "```")[0]
        }
    }

    @Test(arguments: articles + DocumentationFiles.documents)
    func `an article shows code that compiles`(article: String) throws {
        let compiled = try Self.compiled()
        for block in try Self.blocks(of: article) {
            let code = block.split(separator: "\n").filter { !$0.hasPrefix("import ") }.joined(separator: "\n")
            #expect(
                compiled.contains(Self.flat(code)),
                "this is in no file of Tests/DocumentationTests/Articles or Snippets: \(code)")
        }
    }

    /// Each article has a file of code here, whose imports are those that the reader needs.
    @Test(arguments: articles) func `an article shows its imports`(article: String) throws {
        let blocks = try Self.blocks(of: article)
        guard !blocks.isEmpty else { return }
        let name = try #require(article.split(separator: "/").last?.dropLast(3))
        let compiled = try DocumentationFiles.text(of: "Tests/DocumentationTests/Articles/\(name).swift")
        #expect(
            Self.imports(of: blocks.joined(separator: "\n"))
                == Self.imports(of: compiled).subtracting(["Foundation", "TestSupport", "Testing"]))
    }

    @Test func `every module has its page`() throws {
        let libraries = try Self.libraries()
        #expect(libraries.count > 10)
        for module in libraries {
            #expect(Self.articles.contains("Sources/\(module)/\(module).docc/\(module).md"))
        }
    }
}
