import Foundation
import Testing

/// The code that README and the articles show is code of this folder and of Snippets, which compiles and, where it
/// needs no reader, runs.
@Suite struct ArticleTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// README and the catalogues' articles, by their path from the package's folder.
    static let articles: [String] = {
        let sources = root.appending(path: "Sources").path
        let found = (FileManager.default.enumerator(atPath: sources)?.allObjects ?? []).compactMap { $0 as? String }
        return ["README.md"]
            + found.filter { $0.contains(".docc/") && $0.hasSuffix(".md") }.map { "Sources/\($0)" }.sorted()
    }()

    /// Everything that compiles here, line for line, without indentation.
    private static func compiled() throws -> String {
        let folders = ["Tests/DocumentationTests/Articles", "Snippets"].map { root.appending(path: $0) }
        let files = try folders.flatMap {
            try FileManager.default.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil)
        }
        return try files.map { flat(try String(contentsOf: $0, encoding: .utf8)) }.joined(separator: "\n\n")
    }

    private static func flat(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: true).map { $0.drop { $0 == " " } }
            .joined(separator: "\n")
    }

    /// The blocks of Swift in an article.
    private static func blocks(of article: String) throws -> [String] {
        let text = try String(contentsOf: root.appending(path: article), encoding: .utf8)
        return text.components(separatedBy: "```swift\n").dropFirst().map { rest in
            flat(rest.components(separatedBy: "```")[0])
        }
    }

    @Test(arguments: articles)
    func showsCodeThatCompiles(article: String) throws {
        let compiled = try Self.compiled()
        for block in try Self.blocks(of: article) {
            #expect(compiled.contains(block), "this stands in no file of Tests/DocumentationTests/Articles or Snippets")
        }
    }

    @Test func everyModuleHasItsPage() {
        for module in [
            "CardCrypto", "CardIO", "GlobalPlatform", "Host", "ISO7816", "Issuing", "Meter", "Metrology",
            "ValueElement",
            "ValueProtocol",
        ] {
            #expect(Self.articles.contains("Sources/\(module)/\(module).docc/\(module).md"))
        }
    }
}
