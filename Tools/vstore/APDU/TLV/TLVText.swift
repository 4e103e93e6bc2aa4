import CardTrace
import ISO7816

/// Data objects for people and for programs.
struct TLVText {
    let bytes: [UInt8]
    let tlv: LenientTLV
    let dictionary: APDUDictionary

    /// One line per data object, nested ones indented by two blanks, with its name; text next to bytes that are text.
    /// Then a line per remark.
    var lines: [String] {
        lines(tlv.nodes, indentation: 0, within: nil)
            + tlv.remarks.map { ($0.isFault ? Paint.red : .faint).on("\($0)") }
    }

    private func lines(_ nodes: [LenientTLV.Node], indentation: Int, within parent: TLVTag?) -> [String] {
        let margin = String(repeating: " ", count: indentation)
        return nodes.flatMap { node -> [String] in
            switch node {
            case .unread(let range): return ["\(margin)\(Paint.red.on("?"))  \(shown(range))"]
            case .object(let object):
                let name = dictionary.name(of: object.tag, within: parent).map { "  \(Paint.faint.on($0))" } ?? ""
                let head = margin + Paint.bold.on("\(object.tag)")
                guard let children = object.children else {
                    let value = shown(object.value)
                    return [head + (value.isEmpty ? "" : "  \(value)") + name]
                }
                return [head + name] + lines(children, indentation: indentation + 2, within: object.tag)
            }
        }
    }

    private func shown(_ range: Range<Int>) -> String {
        let value = Array(bytes[range])
        return value.hexadecimal(separator: " ") + (Self.text(value).map { "  \"\($0)\"" } ?? "")
    }

    /// The data objects, and the remarks with their offsets from 0.
    var json: JSONValue {
        var members: [(String, JSONValue)] = [("objects", .list(json(tlv.nodes, within: nil)))]
        if let status = tlv.statusWord { members.append(("status", .text("\(status)"))) }
        if !tlv.remarks.isEmpty {
            members.append(
                (
                    "remarks",
                    .list(
                        tlv.remarks.map {
                            ["offset": .number($0.offset), "fault": .truth($0.isFault), "text": .text("\($0)")]
                        })
                ))
        }
        return .object(members)
    }

    private func json(_ nodes: [LenientTLV.Node], within parent: TLVTag?) -> [JSONValue] {
        nodes.map { node in
            switch node {
            case .unread(let range): return ["unread": .text(bytes[range].hexadecimal())]
            case .object(let object):
                var members: [(String, JSONValue)] = [("tag", .text("\(object.tag)"))]
                if let name = dictionary.name(of: object.tag, within: parent) { members.append(("name", .text(name))) }
                if let children = object.children {
                    members.append(("objects", .list(json(children, within: object.tag))))
                } else {
                    members.append(("value", .text(bytes[object.value].hexadecimal())))
                }
                return .object(members)
            }
        }
    }

    /// Three or more bytes as ASCII text; nil where one of them is not printable.
    private static func text(_ bytes: [UInt8]) -> String? {
        guard bytes.count >= 3, bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
