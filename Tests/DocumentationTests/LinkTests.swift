import Foundation
import Testing

/// The targets of documents' links exist.
@Suite struct LinkTests {
    /// Every document that is read in the source tree.
    static let documents =
        ["CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"] + DocumentationFiles.documents
        + ["APDU", "Benchmarks", "Tools"].flatMap { folder in
            DocumentationFiles.paths(under: folder) { $0.hasSuffix("/README.md") && !$0.contains("/.build/") }
        }

    @Test(arguments: documents) func `a document points at what exists`(document: String) throws {
        let text = try DocumentationFiles.text(of: document)
        let folder = document.split(separator: "/").dropLast().joined(separator: "/")
        for link in text.matches(of: /\]\(([^)#\s]+)(#[^)\s]*)?\)/).map(\.output.1) where !link.contains("://") {
            let path = folder.isEmpty ? String(link) : "\(folder)/\(link)"
            #expect(DocumentationFiles.exists(path), "\(link)")
        }
        // A heading that a link names within its document or another.
        for match in text.matches(of: /\]\(([^)#\s:]*)#([^)\s]+)\)/) {
            let path =
                match.output.1.isEmpty
                ? document : folder.isEmpty ? String(match.output.1) : "\(folder)/\(match.output.1)"
            #expect(try headings(of: path).contains(String(match.output.2)), "\(match.output.0)")
        }
    }

    /// A path in code style, such as `Sources/ISO7816/CardChannel.swift`, exists; NAME stands for a new file.
    @Test(arguments: documents) func `a document names files that exist`(document: String) throws {
        let text = try DocumentationFiles.text(of: document)
        for path in text.matches(of: /`((?:Sources|Tests|Snippets|Benchmarks|APDU|docs)\/[A-Za-z0-9_+.\/-]+)`/).map(
            \.output.1) where !path.contains("/NAME")
        {
            #expect(DocumentationFiles.exists(String(path)), "\(path)")
        }
    }

    /// The table of CONTRIBUTING answers where each claim and each everyday change is, in at most three files.
    @Test func `CONTRIBUTING says where to touch what, in three files at most`() throws {
        let text = try DocumentationFiles.text(of: "CONTRIBUTING.md")
        let tables = try #require(text.firstRange(of: "## Where to touch what"))
        let rows = text[tables.upperBound...].split(separator: "\n")
            .filter { $0.hasPrefix("| ") && !$0.hasPrefix("| change") && !$0.hasPrefix("| claim") }
        let claims = rows.filter { $0.dropFirst(2).first?.isNumber == true }
        #expect(claims.compactMap { Int($0.split(separator: " ")[1]) } == Array(1...17))
        #expect(rows.count - claims.count >= 10)
        for row in rows {
            // change | files | model, and claim | what | files.
            let cells = row.split(separator: "|")
            let isClaim = claims.contains(row)
            let files = Self.paths(in: cells[isClaim ? 2 : 1])
            #expect((1...3).contains(files.count), "\(row)")
            // A file that is not named is not counted.
            #expect(row.firstRange(of: /next to|beside/) == nil, "\(row)")
            for path in files + (isClaim ? [] : Self.paths(in: cells[2])) {
                // NAME is a new file, in a folder that exists.
                let isNew = !isClaim && path.contains("/NAME")
                let existing = isNew ? path.split(separator: "/").dropLast().joined(separator: "/") : path
                #expect(DocumentationFiles.exists(existing), "\(path)")
            }
        }
    }

    /// Every path in code style, also one without a folder.
    private static func paths(in cell: Substring) -> [String] {
        cell.matches(of: /`([^` ]+)`/).map { String($0.output.1) }.filter { $0.contains("/") || $0.contains(".") }
    }

    /// Every product has its row in the table of what to depend on, and every article its row below.
    @Test func `every product and every article is listed`() throws {
        let text = try DocumentationFiles.text(of: "docs/libraries.md")
        let layout = try DocumentationFiles.text(of: "CONTRIBUTING.md")
        for library in try ArticleTests.libraries() {
            #expect(text.contains("| `\(library)` |"), "\(library)")
            #expect(layout.contains(" \(library)"), "\(library)")
        }
        for article in ArticleTests.articles {
            let parts = article.split(separator: "/")
            let isLandingPage = parts[3].dropLast(3) == parts[1]
            #expect(isLandingPage || text.contains("](../\(article))"), "\(article)")
        }
    }

    @Test func `README has 150 lines at most`() throws {
        let text = try DocumentationFiles.text(of: "README.md")
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 151)
        #expect(text.contains("Tools/demo") && text.contains("Tools/test"))
    }

    /// The names of a document's headings as GitHub links them.
    private func headings(of document: String) throws -> [String] {
        try DocumentationFiles.text(of: document).split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
            line.drop { $0 == "#" || $0 == " " }.lowercased().filter {
                $0.isLetter || $0.isNumber || $0 == " " || $0 == "-"
            }
            .replacing(" ", with: "-")
        }
    }
}
