import ISO7816

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One file of a dictionary (APDU/dictionary/README.md): a class, so that decoding passes it on without copying.
package final class DictionaryFile: Sendable {
    /// When a file's commands apply.
    enum Applies: String, Sendable, Decodable {
        /// Whatever application is selected.
        case always
        /// Where one of its applications is selected, or one that is in no file.
        case guess
        /// Where one of its applications is selected.
        case selected
    }

    package struct Application: Sendable, Decodable {
        package let id: String
        package let aid: String
        package let name: String
        /// It is selected after a reset.
        let afterReset: Bool?
        /// What the historical bytes of a card begin with that has it; nil where any card may.
        let historicalBytes: HexadecimalBytes?
    }

    /// The MAC of secure messaging behind the data of a command.
    struct MAC: Sendable, Decodable {
        /// The classes that announce it.
        let cla: [BytePattern]
        /// How many bytes it may have.
        let lengths: [Int]
    }

    /// The layout of a card's file.
    struct Content: Sendable, Decodable {
        /// Its identifier.
        let file: HexadecimalBytes
        let shortIdentifier: HexadecimalBytes?
        /// The identifiers of the directories in which it is that file; 7FFF is the current application.
        let `in`: [HexadecimalBytes]
        let layout: String

        func isWithin(_ directory: [UInt8]) -> Bool { self.in.contains { $0.bytes == directory } }
    }

    /// The file content.
    private struct Text: Decodable {
        let name: String
        let applies: Applies
        let applications: [Application]?
        let values: [String: [String: String]]?
        let layouts: [String: [FieldSpecification]]?
        let commands: [CommandSpecification]?
        let status: [StatusPattern]?
        let tags: [TagSpecification]?
        let mac: MAC?
        let contents: [DictionaryFile.Content]?
    }

    let name: String
    let applies: Applies
    package let applications: [Application]
    let layouts: [String: [FieldSpecification]]
    package let commands: [CommandSpecification]
    /// The classes of its commands.
    let classes: Set<BytePattern>
    let status: [StatusPattern]
    let tags: [TagSpecification]
    let mac: MAC?
    /// The layouts of a card's files.
    let contents: [DictionaryFile.Content]
    /// The tags of its secret data objects, and the kinds of their values.
    let secretTags: [(bytes: [UInt8], kind: FieldSpecification.Kind?)]
    /// The first bytes of those tags, a bit each.
    let secretBegins: ByteSet
    /// The index of commands, tags and names, which avoids linear search.
    let index: DictionaryIndex

    /// Parses and checks a file.
    ///
    /// - Parameter file: its name, for errors.
    init(json: [UInt8], file: String) throws(DictionaryError) {
        let content: Text
        do {
            content = try JSONDecoder().decode(Text.self, from: Data(json))
        } catch {
            throw DictionaryError(.malformed, file: file, detail: DictionaryFault(error, in: json).description)
        }
        name = content.name
        applies = content.applies
        applications = content.applications ?? []
        layouts = content.layouts ?? [:]
        commands = content.commands ?? []
        classes = Set(commands.flatMap(\.cla))
        status = content.status ?? []
        tags = content.tags ?? []
        mac = content.mac
        contents = content.contents ?? []
        secretTags = tags.filter { $0.secret == true && $0.parents.isEmpty }
            .map { ([UInt8](hexadecimal: $0.tag) ?? [], $0.kind) }
        secretBegins = ByteSet(secretTags.compactMap(\.bytes.first))
        do throws(DictionaryIndex.Unreadable) {
            index = try DictionaryIndex(commands: commands, tags: tags, values: content.values ?? [:])
        } catch {
            throw DictionaryError(
                .malformed, file: file,
                detail: DictionaryFault(error.detail, at: [.name("values"), .name(error.table)], in: json).description)
        }
        do throws(DictionaryFault) {
            try check(json)
        } catch {
            throw DictionaryError(error.code, file: file, detail: error.description)
        }
    }

    /// The fields that `reference` refers to.
    func fields(_ reference: LayoutReference?) -> [FieldSpecification]? {
        switch reference {
        case .fields(let fields): fields
        case .named(let name): layouts[name]
        case .firstThatFits(let names): names.last.flatMap { layouts[$0] }
        case nil: nil
        }
    }

    /// The layouts that `reference` refers to, where it has several.
    func alternatives(_ reference: LayoutReference?) -> [[FieldSpecification]] {
        guard case .firstThatFits(let names) = reference else { return [] }
        return names.compactMap { layouts[$0] }
    }

    /// The name of a value in a table; nil where it has none.
    func valueName(_ bytes: ArraySlice<UInt8>, in table: String?) -> String? {
        table.flatMap { index.name(of: bytes, in: $0) }
    }
}
