import ISO7816

/// Where the commands, tags and names of a dictionary's file lie.
struct DictionaryIndex: Sendable {
    /// A key of the file that is no bytes.
    struct Unreadable: Error {
        let detail: String
    }

    /// The commands that an instruction may be, by instruction, in the file's order.
    private var commands: [[CommandSpecification]] = Array(repeating: [], count: 256)
    private var tags: [UInt32: [TagSpecification]] = [:]
    /// By table, then by bytes; slices, since what is looked up is part of an APDU.
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
                    throw Unreadable(detail: "values \(table): \(digits) are no bytes in hexadecimal digits")
                }
                known[bytes[...]] = name
            }
            names[table] = known
        }
    }

    /// The commands that `instruction` may be.
    func commands(_ instruction: UInt8) -> [CommandSpecification] { commands[Int(instruction)] }

    /// What the file says of a tag, in its order.
    func tags(_ tag: UInt32) -> [TagSpecification] { tags[tag] ?? [] }

    /// The name that a table has for bytes.
    func name(of bytes: ArraySlice<UInt8>, in table: String) -> String? { names[table]?[bytes] }

    /// Whether there is a table of that name.
    func hasTable(_ table: String) -> Bool { names[table] != nil }
}
