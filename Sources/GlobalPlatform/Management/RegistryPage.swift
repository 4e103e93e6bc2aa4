import ISO7816

/// One answer to GET STATUS, read as far as possible: with tags (GlobalPlatform Card Specification 2.3.1, 11.4.3.1), or
/// the form without that older cards have, whichever the card sent.
struct RegistryPage {
    /// An entry in which the answer ends.
    struct Cut {
        let bytes: [UInt8]
        /// Its AID, where that much is there.
        let aid: [UInt8]?
        /// The entry, where only its length field says that more should follow.
        let entry: RegistryEntry?
        /// The bytes of the whole answer.
        let answerCount: Int
        let fault: DataFault
    }

    private(set) var entries: [RegistryEntry] = []
    private(set) var faults: [DataFault] = []
    private(set) var cut: Cut?
    /// How many faults there are, a cut included.
    var faultCount: Int { faults.count + (cut == nil ? 0 : 1) }

    private let kind: RegistryEntry.Kind
    private let bytes: ArraySlice<UInt8>
    private static let name = "registry"

    init(_ answer: [UInt8], _ kind: RegistryEntry.Kind, _ p1: UInt8) {
        (self.kind, bytes) = (kind, answer[...])
        guard let first = answer.first(where: { $0 != 0 }) else { return }
        if (1...16).contains(first), first == answer.first {
            readUntagged(hasModules: p1 == 0x10)
        } else {
            readTagged()
        }
    }

    // MARK: With tags

    private mutating func readTagged() {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == 0 {
                index += 1
                continue
            }
            guard bytes[index] == 0xE3 else {
                faults.append(
                    DataFault(.unexpected, Self.name, offset: index, "tag \([bytes[index]].hexadecimal()), not E3"))
                guard let next = nextEntry(after: index) else { return }
                index = next
                continue
            }
            guard let end = readEntry(at: index) else { return }
            index = end
        }
    }

    /// - Returns: where the next entry begins; nil where this one is cut.
    private mutating func readEntry(at index: Int) -> Int? {
        guard let header = CardObjectHeader(in: bytes, at: index) else {
            setCut(from: index, aid: nil, "the answer ends after \(bytes.count) bytes")
            return nil
        }
        let left = bytes.endIndex - header.valueStart
        let end = header.valueStart + min(header.count, left)
        var content = CardObjects(bytes[header.valueStart..<end], Self.name)
        // An entry within an entry: the length of this one is too long.
        if let nested = content.objects.first(where: { $0.tag == 0xE3 }) {
            faults.append(DataFault(.wrongLength, Self.name, offset: index))
            content = CardObjects(bytes[header.valueStart..<nested.offset], Self.name)
            add(content, at: index)
            return nested.offset
        }
        guard header.count <= left else {
            let aid = content[0x4F].flatMap { $0.isTruncated ? nil : $0.bytes }
            let entry = content.faults.isEmpty ? RegistryEntry(kind, content.objects) : nil
            setCut(from: index, aid: aid, "\(header.count) announced, \(left) follow", entry)
            return nil
        }
        add(content, at: index)
        return end
    }

    private mutating func add(_ content: CardObjects, at index: Int) {
        faults += content.faults
        if let entry = RegistryEntry(kind, content.objects) {
            entries.append(entry)
        } else if content.faults.isEmpty {
            faults.append(DataFault(.missing, Self.name, offset: index, "no AID"))
        }
    }

    /// Where an E3 with an AID begins.
    private func nextEntry(after index: Int) -> Int? {
        (index + 1..<bytes.endIndex).first { candidate in
            guard bytes[candidate] == 0xE3, let header = CardObjectHeader(in: bytes, at: candidate) else {
                return false
            }
            return bytes.indices.contains(header.valueStart) && bytes[header.valueStart] == 0x4F
        }
    }

    // MARK: Without tags

    /// Length of the AID, AID, life cycle state, privileges; with modules their number, then length and AID of each.
    private mutating func readUntagged(hasModules: Bool) {
        var index = bytes.startIndex
        func take(_ count: Int) -> [UInt8]? {
            guard count <= bytes.endIndex - index else { return nil }
            defer { index += count }
            return [UInt8](bytes[index..<index + count])
        }
        while index < bytes.endIndex {
            let start = index
            // Padding, as between data objects.
            if bytes[index] == 0 {
                index += 1
                continue
            }
            guard (1...16).contains(bytes[index]) else {
                faults.append(
                    DataFault(
                        .unexpected, Self.name, offset: index, "\(bytes[index]) is not the length of an AID"))
                return
            }
            index += 1
            let aid = take(Int(bytes[start]))
            guard let aid, let state = take(2) else {
                setCut(from: start, aid: aid, "the answer ends after \(bytes.count) bytes")
                return
            }
            var modules: [[UInt8]] = []
            if hasModules {
                guard let count = take(1)?.first else {
                    setCut(from: start, aid: aid, "the answer ends after \(bytes.count) bytes")
                    return
                }
                for _ in 0..<count {
                    guard let length = take(1)?.first, let module = take(Int(length)) else {
                        setCut(from: start, aid: aid, "the answer ends after \(bytes.count) bytes")
                        return
                    }
                    modules.append(module)
                }
            }
            entries.append(
                RegistryEntry(kind, aid: aid, lifeCycle: state[0], privileges: state[1], modules: modules))
        }
    }

    private mutating func setCut(from index: Int, aid: [UInt8]?, _ circumstance: String, _ entry: RegistryEntry? = nil)
    {
        let whose = aid.map { ", in the entry of \($0.hexadecimal())" } ?? ""
        cut = Cut(
            bytes: [UInt8](bytes[index...]), aid: aid, entry: entry, answerCount: bytes.count,
            fault: DataFault(.truncated, Self.name, offset: index, circumstance + whose))
    }
}
