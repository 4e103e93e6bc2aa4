import ISO7816

/// READ, UPDATE, WRITE, APPEND, ERASE and SEARCH RECORD.
extension FileSystem {
    mutating func record(_ command: FileCommand, on channel: UInt8) throws(FileRefusal) -> ResponseAPDU {
        let file = try file(command.p2 >> 3, on: channel)
        guard var records = file.records else { throw FileRefusal(0x6981) }
        let reads = command.ins == 0xB2 || command.ins == 0xA2
        try demand(reads ? file.access.read : file.access.write)
        switch command.ins {
        case 0xB2: return try read(command, records, on: channel)
        case 0xA2: return try search(command, records)
        case 0xE2:
            guard command.p1 == 0, command.p2 & 0x07 == 0 else { throw FileRefusal(.wrongParameters) }
            try append(command.data, to: file, &records)
            channels[channel]?.record = file.isCyclic ? 1 : records.count
        case 0x0C:
            guard [4, 5].contains(command.p2 & 0x07) else { throw FileRefusal(.wrongParameters) }
            let position = try recordIndex(command, records, on: channel)
            for index in position..<(command.p2 & 0x07 == 5 ? records.count : position + 1) {
                records[index] = file.isVariable ? [] : [UInt8](repeating: 0, count: records[index].count)
            }
        default:
            if file.isCyclic, command.p2 & 0x07 == Selection.Occurrence.previous.rawValue {
                // In a ring the record before record 1 is the oldest: it is written next.
                try append(command.data, to: file, &records)
                channels[channel]?.record = 1
                break
            }
            let position = try recordIndex(command, records, on: channel)
            let length = records[position].count
            guard file.isVariable ? command.data.count <= file.recordLength : command.data.count == length else {
                throw FileRefusal(.wrongLength)
            }
            if command.ins == 0xD2, records[position].contains(where: { $0 != 0 }) {
                throw FileRefusal(.conditionsNotSatisfied)
            }
            records[position] = command.data
            channels[channel]?.record = position + 1
        }
        put(file.with(records), on: channel)
        return ResponseAPDU(status: .success)
    }

    /// The index of the record selected by P1 and P2: by number, or by occurrence, where every identifier but 0 is
    /// unknown.
    private func recordIndex(
        _ command: FileCommand, _ records: [[UInt8]], on channel: UInt8
    ) throws(FileRefusal) -> Int {
        let current = channels[channel]?.record ?? 0
        let number: Int
        switch command.p2 & 0x07 {
        case 4, 5: number = command.p1 == 0 ? current : Int(command.p1)
        case 0: number = 1
        case 1: number = records.count
        case 2: number = current + 1
        case 3: number = current == 0 ? records.count : current - 1
        default: throw FileRefusal(.wrongParameters)
        }
        guard command.p2 & 0x04 != 0 || command.p1 == 0, (1...max(records.count, 1)).contains(number), !records.isEmpty
        else { throw FileRefusal(0x6A83) }
        return number - 1
    }

    private mutating func read(
        _ command: FileCommand, _ records: [[UInt8]], on channel: UInt8
    ) throws(FileRefusal) -> ResponseAPDU {
        let position = try recordIndex(command, records, on: channel)
        if command.p2 & 0x07 == 5 {
            return ResponseAPDU(data: Array(records[position...].joined()), status: .success)
        }
        if command.p2 & 0x04 == 0 { channels[channel]?.record = position + 1 }
        let record = records[position]
        guard let expected = command.expected, expected != 256, expected != 65_536 else {
            return ResponseAPDU(data: record, status: .success)
        }
        guard expected <= record.count else {
            return ResponseAPDU(status: StatusWord(0x6C, UInt8(truncatingIfNeeded: record.count)))
        }
        return ResponseAPDU(data: record.prefix(expected), status: .success)
    }

    private func search(_ command: FileCommand, _ records: [[UInt8]]) throws(FileRefusal) -> ResponseAPDU {
        let mode = command.p2 & 0x07
        guard mode == 4 || mode == 5, !command.data.isEmpty else { throw FileRefusal(.wrongParameters) }
        let first = command.p1 == 0 ? (mode == 4 ? 1 : records.count) : Int(command.p1)
        guard (1...max(records.count, 1)).contains(first) else { throw FileRefusal(0x6A83) }
        let numbers = mode == 4 ? Array(first..<records.count + 1) : Array((1..<first + 1).reversed())
        let found = numbers.filter { number in
            let record = records[number - 1]
            return record.indices.contains { record[$0...].starts(with: command.data) }
        }
        guard !found.isEmpty else { return ResponseAPDU(status: StatusWord(0x6282)) }
        return ResponseAPDU(data: found.map { UInt8($0) }, status: .success)
    }

    private func append(_ data: [UInt8], to file: ElementaryFile, _ records: inout [[UInt8]]) throws(FileRefusal) {
        guard file.isVariable ? (1...file.recordLength).contains(data.count) : data.count == file.recordLength else {
            throw FileRefusal(.wrongLength)
        }
        if case .cyclic(_, let count, _) = file.content {
            records = Array(([data] + records).prefix(count))
        } else {
            guard records.count < 254 else { throw FileRefusal(0x6A84) }
            records.append(data)
        }
    }
}

extension ElementaryFile {
    var isVariable: Bool {
        if case .linearVariable = content { return true }
        return false
    }

    var isCyclic: Bool {
        if case .cyclic = content { return true }
        return false
    }

    var recordLength: Int {
        switch content {
        case .transparent: 0
        case .linearFixed(let length, _), .linearVariable(let length, _), .cyclic(let length, _, _): length
        }
    }

    /// The same structure with other records.
    func with(_ records: [[UInt8]]) -> Content {
        switch content {
        case .transparent: content
        case .linearFixed(let length, _): .linearFixed(length: length, records)
        case .linearVariable(let length, _): .linearVariable(length: length, records)
        case .cyclic(let length, let count, _): .cyclic(length: length, count: count, records)
        }
    }
}
