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

    /// The file content.
    private struct Content: Decodable {
        let name: String
        let applies: Applies
        let applications: [Application]?
        let values: [String: [String: String]]?
        let layouts: [String: [FieldSpecification]]?
        let commands: [CommandSpecification]?
        let status: [StatusPattern]?
        let tags: [TagSpecification]?
        let mac: MAC?
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
    /// The tags of its secret data objects, and the kinds of their values.
    let secretTags: [(bytes: [UInt8], kind: FieldSpecification.Kind?)]
    /// The index of commands, tags and names, which avoids linear search.
    let index: DictionaryIndex

    /// Parses and checks a file.
    ///
    /// - Parameter file: its name, for errors.
    init(json: [UInt8], file: String) throws(DictionaryError) {
        let content: Content
        do {
            content = try JSONDecoder().decode(Content.self, from: Data(json))
        } catch let error as DecodingError {
            throw DictionaryError(.malformed, file: file, detail: Self.words(for: error))
        } catch {
            throw DictionaryError(.malformed, file: file, detail: "\(error)")
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
        secretTags = tags.filter { $0.secret == true && $0.parents.isEmpty }
            .map { ([UInt8](hexadecimal: $0.tag) ?? [], $0.kind) }
        do throws(DictionaryIndex.Unreadable) {
            index = try DictionaryIndex(commands: commands, tags: tags, values: content.values ?? [:])
        } catch {
            throw DictionaryError(.malformed, file: file, detail: error.detail)
        }
        try check(file: file)
    }

    /// The fields that `reference` refers to.
    func fields(_ reference: LayoutReference?) -> [FieldSpecification]? {
        switch reference {
        case .fields(let fields): fields
        case .named(let name): layouts[name]
        case nil: nil
        }
    }

    /// The name of a value in a table; nil where it has none.
    func valueName(_ bytes: ArraySlice<UInt8>, in table: String?) -> String? {
        table.flatMap { index.name(of: bytes, in: $0) }
    }

    private func check(file: String) throws(DictionaryError) {
        var lists = layouts.map { ("layout \($0.key)", $0.value) }
        var tables: [(String, String?)] = []
        for command in commands {
            for reference in [command.data, command.answer] {
                if case .named(let name) = reference, layouts[name] == nil {
                    throw DictionaryError(.unknownReference, file: file, detail: "\(command.name): layout \(name)")
                }
                lists.append((command.name, fields(reference) ?? []))
            }
            tables += [command.p1, command.p2].flatMap { $0?.valueTables ?? [] }.map { (command.name, $0) }
            for id in command.in ?? [] where !applications.contains(where: { $0.id == id }) {
                throw DictionaryError(.unknownReference, file: file, detail: "\(command.name): application \(id)")
            }
        }
        for tag in tags {
            tables.append(("tag \(tag.tag)", tag.values))
            if let layout = tag.layout, layouts[layout] == nil {
                throw DictionaryError(.unknownReference, file: file, detail: "tag \(tag.tag): layout \(layout)")
            }
        }
        for (location, fields) in lists {
            for field in fields where !field.hasPossibleLengths {
                throw DictionaryError(
                    .malformed, file: file, detail: "\(location): \(field.name): length and leave are 0 to 65,536")
            }
            tables += fields.flatMap(\.valueTables).map { (location, $0) }
        }
        for case (let location, let table?) in tables where !index.hasTable(table) {
            throw DictionaryError(.unknownReference, file: file, detail: "\(location): values \(table)")
        }
    }

    private static func words(for error: DecodingError) -> String {
        let (context, missing): (DecodingError.Context, String?) =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                (context, nil)
            case .keyNotFound(let key, let context): (context, "\(key.stringValue) is missing")
            @unknown default: (DecodingError.Context(codingPath: [], debugDescription: "\(error)"), nil)
            }
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: " ")
        if path.isEmpty, case .dataCorrupted = error { return "the file is not JSON" }
        return "\(path.isEmpty ? "the file" : path): \(missing ?? context.debugDescription)"
    }
}
