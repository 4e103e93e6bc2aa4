import ISO7816

/// SELECT, and finding EFs.
extension FileSystem {
    mutating func select(_ command: FileCommand, on number: UInt8) throws(FileRefusal) -> ResponseAPDU {
        guard var channel = channels[number] else { throw FileRefusal(0x6881) }
        let current = channel.directory
        let data = command.data
        if command.p1 != 0x04 { channel.search = nil }
        switch command.p1 {
        case 0x00:
            guard data.isEmpty || data.count == 2 else { throw FileRefusal(.wrongLength) }
            let identifier = data.isEmpty ? 0x3F00 : pair(data)
            try go(to: identifier, from: current, &channel)
        case 0x01:
            guard data.count == 2 else { throw FileRefusal(.wrongLength) }
            try goDown(to: pair(data), from: current, &channel)
        case 0x02:
            guard data.count == 2 else { throw FileRefusal(.wrongLength) }
            guard let index = root[current[...]].files.firstIndex(where: { $0.identifier == pair(data) }) else {
                throw FileRefusal(.notFound)
            }
            (channel.file, channel.record) = (index, 0)
        case 0x03:
            guard data.isEmpty, !current.isEmpty else { throw FileRefusal(.notFound) }
            (channel.directory, channel.file) = (Array(current.dropLast()), nil)
        case 0x04: try selectName(data, occurrence: command.p2 & 0x03, &channel)
        case 0x08, 0x09:
            guard !data.isEmpty, data.count % 2 == 0 else { throw FileRefusal(.wrongLength) }
            if command.p1 == 0x08 { (channel.directory, channel.file) = ([], nil) }
            for index in stride(from: 0, to: data.count, by: 2) {
                let identifier = pair(Array(data[index...(index + 1)]))
                // An EF has no children.
                guard channel.file == nil || index == 0 else { throw FileRefusal(.notFound) }
                try goDownOrFile(identifier, from: channel.directory, &channel)
            }
        default: throw FileRefusal(.wrongParameters)
        }
        channels[number] = channel
        return try controlInformation(command, channel)
    }

    private func pair(_ bytes: [UInt8]) -> UInt16 { UInt16(bytes[0]) << 8 | UInt16(bytes[1]) }

    /// By identifier alone: the MF, the current DF, a child, the parent, a sibling (ISO/IEC 7816-4, 7.3.2).
    private func go(to identifier: UInt16, from current: [Int], _ channel: inout Channel) throws(FileRefusal) {
        if identifier == 0x3F00 {
            (channel.directory, channel.file, channel.record) = ([], nil, 0)
            return
        }
        do throws(FileRefusal) {
            try goDownOrFile(identifier, from: current, &channel)
        } catch {
            let parent = Array(current.dropLast())
            guard !current.isEmpty else { throw error }
            if root[parent[...]].identifier == identifier {
                (channel.directory, channel.file, channel.record) = (parent, nil, 0)
            } else {
                try goDown(to: identifier, from: parent, &channel)
            }
        }
    }

    private func goDown(to identifier: UInt16, from current: [Int], _ channel: inout Channel) throws(FileRefusal) {
        guard let index = root[current[...]].directories.firstIndex(where: { $0.identifier == identifier }) else {
            throw FileRefusal(.notFound)
        }
        (channel.directory, channel.file, channel.record) = (current + [index], nil, 0)
    }

    private func goDownOrFile(
        _ identifier: UInt16, from current: [Int], _ channel: inout Channel
    ) throws(FileRefusal) {
        if let index = root[current[...]].files.firstIndex(where: { $0.identifier == identifier }) {
            (channel.directory, channel.file, channel.record) = (current, index, 0)
        } else {
            try goDown(to: identifier, from: current, &channel)
        }
    }

    private func selectName(_ name: [UInt8], occurrence: UInt8, _ channel: inout Channel) throws(FileRefusal) {
        let matching = named(name, in: root, at: [])
        let last = channel.search.flatMap { $0.name == name ? $0.index : nil }
        let index: Int
        switch occurrence {
        case 0: index = 0
        case 1: index = matching.count - 1
        case 2: index = last.map { $0 + 1 } ?? 0
        default: index = last.map { $0 - 1 } ?? matching.count - 1
        }
        guard matching.indices.contains(index) else { throw FileRefusal(.notFound) }
        (channel.directory, channel.file, channel.record) = (matching[index], nil, 0)
        channel.search = (name, index)
    }

    /// Every DF whose name begins with `prefix`, in the order of the tree.
    private func named(_ prefix: [UInt8], in directory: Directory, at path: [Int]) -> [[Int]] {
        let own = directory.name?.starts(with: prefix) ?? false
        return (own ? [path] : [])
            + directory.directories.enumerated().flatMap { named(prefix, in: $1, at: path + [$0]) }
    }

    private func controlInformation(_ command: FileCommand, _ channel: Channel) throws(FileRefusal) -> ResponseAPDU {
        let directory = root[channel.directory[...]]
        let file = channel.file.map { directory.files[$0] }
        func number(_ value: Int) -> [UInt8] {
            [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
        }
        var objects: [TLV] = []
        if let file {
            objects.append(TLV(0x80, number(file.dataCount)))
            objects.append(TLV(0x82, file.descriptor))
            objects.append(TLV(0x83, number(Int(file.identifier))))
            objects.append(TLV(0x88, file.shortIdentifier.map { [$0 << 3] } ?? []))
        } else {
            objects.append(TLV(0x82, [0x78]))
            objects.append(TLV(0x83, number(Int(directory.identifier))))
            if let name = directory.name { objects.append(TLV(0x84, name)) }
        }
        objects.append(TLV(0x8A, [0x05]))
        switch command.p2 & 0x0C {
        case 0x00: return ResponseAPDU(data: TLV(0x6F, children: objects).bytes, status: .success)
        case 0x04: return ResponseAPDU(data: TLV(0x62, children: objects).bytes, status: .success)
        case 0x08: return ResponseAPDU(data: TLV(0x64, children: []).bytes, status: .success)
        default: return ResponseAPDU(status: .success)
        }
    }

    /// Makes the EF with a short identifier the current one; 0 keeps the current one.
    mutating func file(_ short: UInt8, on number: UInt8) throws(FileRefusal) -> ElementaryFile {
        guard var channel = channels[number] else { throw FileRefusal(0x6881) }
        let directory = root[channel.directory[...]]
        if short != 0 {
            guard let index = directory.files.firstIndex(where: { $0.shortIdentifier == short }) else {
                throw FileRefusal(.notFound)
            }
            if channel.file != index { channel.record = 0 }
            channel.file = index
            channels[number] = channel
        }
        guard let index = channel.file else { throw FileRefusal(0x6986) }
        return directory.files[index]
    }

    /// Sets the current EF's content.
    mutating func put(_ content: ElementaryFile.Content, on number: UInt8) {
        guard let channel = channels[number], let index = channel.file else { return }
        root[channel.directory[...]].files[index].content = content
    }
}
