/// Where the commands and tags of a dictionary's file lie.
struct DictionaryIndex: Sendable {
    /// The commands that an instruction may be, by instruction, in the file's order.
    private var commands: [[CommandSpecification]] = Array(repeating: [], count: 256)
    private var tags: [String: [TagSpecification]] = [:]

    init() {}

    init(commands list: [CommandSpecification], tags all: [TagSpecification]) {
        for command in list {
            for instruction in 0...255 where command.ins.contains(where: { $0.matches(UInt8(instruction)) }) {
                commands[instruction].append(command)
            }
        }
        for tag in all { tags[tag.tag, default: []].append(tag) }
    }

    /// The commands that `instruction` may be.
    func commands(_ instruction: UInt8) -> [CommandSpecification] { commands[Int(instruction)] }

    /// What the file says of a tag, in its order.
    func tags(_ tag: String) -> [TagSpecification] { tags[tag] ?? [] }
}
