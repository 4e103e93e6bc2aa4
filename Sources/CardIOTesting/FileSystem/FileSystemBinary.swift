import ISO7816

/// READ, UPDATE, WRITE, ERASE and SEARCH BINARY.
extension FileSystem {
    mutating func binary(_ command: FileCommand, on channel: UInt8) throws(FileRefusal) -> ResponseAPDU {
        let isOdd = command.ins & 1 == 1
        let odd = isOdd ? try OddFields(command) : nil
        let short = isOdd ? command.p2 & 0x1F : command.p1 & 0x80 != 0 ? command.p1 & 0x1F : 0
        let file = try file(short, on: channel)
        guard case .transparent(var bytes) = file.content else { throw FileRefusal(0x6981) }
        let offset =
            odd?.offset ?? (command.p1 & 0x80 != 0 ? Int(command.p2) : Int(command.p1) << 8 | Int(command.p2))
        let reads = [0xB0, 0xB1, 0xA0, 0xA1].contains(command.ins)
        try demand(reads ? file.access.read : file.access.write)
        guard offset < bytes.count || offset == 0 else { throw FileRefusal(0x6B00) }
        let data = odd?.data ?? command.data
        switch command.ins & 0xFE {
        case 0xB0: return read(bytes, offset, command)
        case 0xA0: return try search(bytes, offset, data, isOdd: isOdd)
        case 0x0E:
            let end = try isOdd ? odd?.end ?? bytes.count : data.isEmpty ? bytes.count : number(data)
            guard end > offset, end <= bytes.count else { throw FileRefusal(.wrongData) }
            for index in offset..<end { bytes[index] = 0 }
        default:
            guard !data.isEmpty else { throw FileRefusal(.wrongLength) }
            guard offset + data.count <= bytes.count else { throw FileRefusal(0x6A84) }
            for (index, byte) in data.enumerated() {
                bytes[offset + index] = command.ins & 0xFE == 0xD0 ? bytes[offset + index] | byte : byte
            }
        }
        put(.transparent(bytes), on: channel)
        return ResponseAPDU(status: .success)
    }

    private func number(_ bytes: [UInt8]) throws(FileRefusal) -> Int {
        guard (1...4).contains(bytes.count) else { throw FileRefusal(.wrongData) }
        return bytes.reduce(0) { $0 << 8 | Int($1) }
    }

    private func read(_ bytes: [UInt8], _ offset: Int, _ command: FileCommand) -> ResponseAPDU {
        let expected = command.expected ?? 256
        let isOdd = command.ins & 1 == 1
        // In the odd form, Le includes tag and length.
        var count = min(expected, bytes.count - offset)
        while isOdd, count > 0, TLVTag(0x53).encodedCount(valueCount: count) > expected { count -= 1 }
        let part = bytes[offset..<offset + count]
        let isShort = expected != 256 && expected != 65_536 && count < expected && offset + count == bytes.count
        let status = isShort && !isOdd ? StatusWord(0x6282) : .success
        return ResponseAPDU(data: isOdd ? TLV(0x53, part).bytes : [UInt8](part), status: status)
    }

    private func search(
        _ bytes: [UInt8], _ offset: Int, _ pattern: [UInt8], isOdd: Bool
    ) throws(FileRefusal) -> ResponseAPDU {
        guard !pattern.isEmpty else { throw FileRefusal(.wrongData) }
        var position = offset
        while position + pattern.count <= bytes.count {
            if bytes[position...].starts(with: pattern) {
                let found = [UInt8(truncatingIfNeeded: position >> 8), UInt8(truncatingIfNeeded: position)]
                return ResponseAPDU(data: isOdd ? TLV(0x54, found).bytes : found, status: .success)
            }
            position += 1
        }
        return ResponseAPDU(status: StatusWord(0x6282))
    }

    /// Data objects 54 (offset, and for ERASE the end) and 53.
    private struct OddFields {
        let offset: Int
        let end: Int?
        let data: [UInt8]

        init(_ command: FileCommand) throws(FileRefusal) {
            let objects: [TLV]
            do throws(TLVError) {
                objects = try TLV.parse(command.data)
            } catch {
                throw FileRefusal(.wrongData)
            }
            let offsets = objects.filter { $0.tag == 0x54 }.map(\.value)
            guard let first = offsets.first, offsets.allSatisfy({ (1...4).contains($0.count) }) else {
                throw FileRefusal(.wrongData)
            }
            offset = first.reduce(0) { $0 << 8 | Int($1) }
            end = offsets.count > 1 ? offsets[1].reduce(0) { $0 << 8 | Int($1) } : nil
            data = objects.first { $0.tag == 0x53 }.map { [UInt8]($0.value) } ?? []
        }
    }
}
