import ISO7816

/// The index of a dictionary file's commands, tags and names.
struct DictionaryIndex: Sendable {
    /// A key of the file that is not hexadecimal.
    struct Unreadable: Error {
        let table: String
        let detail: String
    }

    /// The commands by instruction, in the file's order.
    private var commands: [[CommandSpecification]] = Array(repeating: [], count: 256)
    private var tags: [UInt32: [TagSpecification]] = [:]
    /// By table, then by bytes; slices, since the keys looked up are parts of an APDU.
    private var names: [String: [ArraySlice<UInt8>: String]] = [:]

    init(
        commands list: [CommandSpecification], tags all: [TagSpecification], values: [String: [String: String]]
    ) throws(Unreadable) {
        for command in list {
            for instruction in 0...255 where command.ins.contains(where: { $0.matches(UInt8(instruction)) }) {
                commands[instruction].append(command)
            }
        }
        for tag in all { tags[tag.number, default: []].append(tag) }
        for (table, entries) in values {
            var known: [ArraySlice<UInt8>: String] = [:]
            for (digits, name) in entries {
                guard let bytes = [UInt8](hexadecimal: digits) else {
                    throw Unreadable(
                        table: table, detail: "values \(table): \(digits) are not bytes in hexadecimal digits")
                }
                known[bytes[...]] = name
            }
            names[table] = known
        }
    }

    /// The commands with this instruction.
    func commands(_ instruction: UInt8) -> [CommandSpecification] { commands[Int(instruction)] }

    /// The file's entries for a tag, in order.
    func tags(_ tag: UInt32) -> [TagSpecification] { tags[tag] ?? [] }

    /// The name of a value in a table.
    func name(of bytes: ArraySlice<UInt8>, in table: String) -> String? { names[table]?[bytes] }

    /// Whether a table of that name exists.
    func hasTable(_ table: String) -> Bool { names[table] != nil }
}
