import CardTrace
import Foundation

/// Decodes a capture as `vstore apdu decode --to json` does, generates one, or measures the decoding against tshark.
///
///     decoding-times generate VECTORS APDUS FILE
///     decoding-times decode FILE
///     decoding-times compare FILE ROUNDS
@main
struct DecodingTimes {
    static func main() throws {
        let words = Array(CommandLine.arguments.dropFirst())
        switch (words.first, words.count) {
        case ("generate", 4):
            guard let count = Int(words[2]), count > 1 else { throw Wrong(what: "\(words[2]) is not a count of APDUs") }
            try Capture.write(count, from: words[1], to: words[3])
        case ("decode", 2): try decode(words[1])
        case ("compare", 3):
            guard let rounds = Int(words[2]), rounds > 0 else { throw Wrong(what: "\(words[2]) is not a round count") }
            try Comparison(file: words[1], rounds: rounds).run()
        default:
            throw Wrong(what: "usage: decoding-times generate VECTORS APDUS FILE | decode FILE | compare FILE ROUNDS")
        }
    }

    /// Reads the file piece by piece, and writes the lines of each before it reads the next.
    private static func decode(_ path: String) throws {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw Wrong(what: "\(path) cannot be read") }
        defer { close(descriptor) }
        var reader = TraceReader(file: path)
        var writer = TraceWriter(.json, try APDUDictionary())
        var lines = writer.start()
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while case let count = read(descriptor, &buffer, buffer.count), count > 0 {
            for record in try reader.feed(buffer[..<count]) {
                writer.write(record, to: &lines)
                if lines.count > 1 << 18 { try flush(&lines) }
            }
        }
        for record in try reader.finish() { writer.write(record, to: &lines) }
        try flush(&lines)
    }

    private static func flush(_ lines: inout [UInt8]) throws {
        var rest = lines[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Wrong(what: "standard output cannot be written") }
            rest = rest.dropFirst(count)
        }
        lines.removeAll(keepingCapacity: true)
    }
}

/// Why nothing is measured.
struct Wrong: Error, CustomStringConvertible {
    let what: String
    var description: String { what }
}
