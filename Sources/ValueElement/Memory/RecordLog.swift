internal import DurableFiles
internal import ValueProtocol

/// The format of a memory file: a header, and one frame per commit; pure, without I/O.
///
/// `"VSMEMORY" ‖ version u16 ‖ 00 × 6`, then frames `length u32 ‖ serial u32 ‖ CRC of both u32 ‖ CRC of the body u32 ‖
/// body`, the body being changes `name u16 ‖ length u32, or FFFFFFFF for removed ‖ content`. Only the last frame can be
/// torn; a torn frame followed by a whole one means damage.
package enum RecordLog {
    static let version: UInt16 = 1
    static let headerCount = 16
    private static let frameHeaderCount = 16
    private static let removed = UInt32.max

    package static var header: [UInt8] {
        var bytes = Array("VSMEMORY".utf8)
        bytes.append(bigEndian: version)
        return bytes + [UInt8](repeating: 0, count: 6)
    }

    package static func frame(_ changes: [RecordChange], serial: UInt32) -> [UInt8] {
        var body: [UInt8] = []
        for change in changes {
            body.append(bigEndian: change.name.rawValue)
            if let content = change.content {
                body.append(bigEndian: UInt32(content.count))
                body += content
            } else {
                body.append(bigEndian: removed)
            }
        }
        var frame: [UInt8] = []
        frame.append(bigEndian: UInt32(body.count))
        frame.append(bigEndian: serial)
        frame.append(bigEndian: CRC32.of(frame[...]))
        frame.append(bigEndian: CRC32.of(body[...]))
        return frame + body
    }

    /// What a file holds.
    package struct Content {
        package var records: [RecordName: [UInt8]] = [:]
        /// The serial of the last whole frame.
        package var serial: UInt32 = 0
        /// End offset of the last whole frame; anything after it is a torn write.
        package var end = RecordLog.headerCount
    }

    package enum Fault: Error {
        case notMemory, unknownVersion, corrupt
    }

    package static func parse(_ file: [UInt8]) throws(Fault) -> Content {
        guard file.count >= headerCount, file.starts(with: "VSMEMORY".utf8) else { throw .notMemory }
        guard file[8] == UInt8(version >> 8), file[9] == UInt8(version & 0xFF) else { throw .unknownVersion }
        var content = Content()
        while let body = wholeFrame(in: file, at: content.end, serial: content.serial &+ 1) {
            try apply(file[body], to: &content.records)
            content.serial &+= 1
            content.end = body.upperBound
        }
        // A whole frame at this offset with another serial means that one before it is missing. Bytes inside a torn
        // frame are content, which may look like a frame without being one.
        var offset = content.end
        if let torn = header(in: file, at: offset), torn.serial == content.serial &+ 1 { offset = torn.body.upperBound }
        while offset + frameHeaderCount <= file.count {
            if wholeFrame(in: file, at: offset, serial: nil) != nil { throw .corrupt }
            offset += 1
        }
        return content
    }

    private static func wholeFrame(in file: [UInt8], at offset: Int, serial: UInt32?) -> Range<Int>? {
        guard let header = header(in: file, at: offset), header.body.upperBound <= file.count,
            CRC32.of(file[header.body]) == header.check
        else { return nil }
        return serial == nil || serial == header.serial ? header.body : nil
    }

    /// The header of a frame, whose body may extend beyond the end; nil if there is none.
    private static func header(
        in file: [UInt8], at offset: Int
    ) -> (body: Range<Int>, serial: UInt32, check: UInt32)? {
        guard offset + frameHeaderCount <= file.count else { return nil }
        func number(_ index: Int) -> UInt32 { file[index..<(index + 4)].reduce(0) { $0 << 8 | UInt32($1) } }
        guard CRC32.of(file[offset..<(offset + 8)]) == number(offset + 8) else { return nil }
        let start = offset + frameHeaderCount
        return (start..<(start + Int(number(offset))), number(offset + 4), number(offset + 12))
    }

    private static func apply(_ body: ArraySlice<UInt8>, to records: inout [RecordName: [UInt8]]) throws(Fault) {
        var rest = body
        while !rest.isEmpty {
            guard rest.count >= 6 else { throw .corrupt }
            let name = RecordName(rest.prefix(2).reduce(0) { $0 << 8 | UInt16($1) })
            let length = rest.dropFirst(2).prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
            rest = rest.dropFirst(6)
            guard length != removed else {
                records[name] = nil
                continue
            }
            guard rest.count >= Int(length) else { throw .corrupt }
            records[name] = Array(rest.prefix(Int(length)))
            rest = rest.dropFirst(Int(length))
        }
    }
}
