import ISO7816

extension DictionaryFile {
    /// Where a part of the file is, and what it is called in errors.
    private typealias Part = (path: [JSONScanner.Step], name: String)

    /// Checks what a decoder cannot: references and lengths.
    ///
    /// - Parameter json: the file.
    func check(_ json: [UInt8]) throws(DictionaryFault) {
        var lists: [(part: Part, fields: [FieldSpecification])] = layouts.map {
            (([.name("layouts"), .name($0.key)], "layout \($0.key)"), $0.value)
        }
        lists.sort { $0.part.name < $1.part.name }
        for (index, command) in commands.enumerated() {
            let part: Part = ([.name("commands"), .index(index)], command.name)
            for reference in [command.data, command.answer] {
                try check(layouts: reference?.names ?? [], of: part, json)
                if case .fields(let fields) = reference { lists.append((part, fields)) }
            }
            try check(
                tables: [command.p1, command.p2].flatMap { $0?.valueTables ?? [] }.compactMap { $0 }, of: part, json)
            for id in command.in ?? [] where !applications.contains(where: { $0.id == id }) {
                throw DictionaryFault("\(part.name): application \(id)", at: part.path, in: json, .unknownReference)
            }
        }
        for (index, content) in contents.enumerated() {
            let name = "contents \(content.file.bytes.hexadecimal())"
            try check(layouts: [content.layout], of: ([.name("contents"), .index(index)], name), json)
        }
        for (index, tag) in tags.enumerated() {
            let part: Part = ([.name("tags"), .index(index)], "tag \(tag.tag)")
            try check(tables: tag.values.map { [$0] } ?? [], of: part, json)
            try check(layouts: tag.layouts, of: part, json)
        }
        for (part, fields) in lists {
            for field in fields { try check(field, of: part, json) }
        }
    }

    private func check(layouts names: [String], of part: Part, _ json: [UInt8]) throws(DictionaryFault) {
        for name in names where layouts[name] == nil {
            throw DictionaryFault("\(part.name): layout \(name)", at: part.path, in: json, .unknownReference)
        }
    }

    private func check(tables: [String], of part: Part, _ json: [UInt8]) throws(DictionaryFault) {
        for table in tables where !index.hasTable(table) {
            throw DictionaryFault("\(part.name): values \(table)", at: part.path, in: json, .unknownReference)
        }
    }

    private func check(_ field: FieldSpecification, of part: Part, _ json: [UInt8]) throws(DictionaryFault) {
        guard field.hasPossibleLengths else {
            throw DictionaryFault(
                "\(part.name): \(field.name): length and leave are 0 to 65,536", at: part.path, in: json)
        }
        guard field.hasPossibleParts else {
            throw DictionaryFault("\(part.name): \(field.name): parts need a length of 1", at: part.path, in: json)
        }
        try check(tables: field.valueTables, of: part, json)
    }
}
