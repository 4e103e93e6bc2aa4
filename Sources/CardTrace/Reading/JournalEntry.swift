import Foundation

/// An entry of a journal in JSON (`journalctl -o json`, systemd's journal export fields), as a line of its text form.
enum JournalEntry {
    private struct Entry: Decodable {
        /// A text, or bytes where it has colours or is not UTF-8; null where it is too long.
        let message: String?
        let program: String?
        let process: String?
        /// Microseconds since 1970-01-01 UTC.
        let time: String?

        private enum CodingKeys: String, CodingKey {
            case message = "MESSAGE"
            case identifier = "SYSLOG_IDENTIFIER"
            case command = "_COMM"
            case process = "_PID"
            case time = "__REALTIME_TIMESTAMP"
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            do {
                message = try values.decodeIfPresent(String.self, forKey: .message)
            } catch DecodingError.typeMismatch {
                let bytes = try values.decode([UInt8].self, forKey: .message)
                message = String(decoding: LogText.plain(bytes[...]), as: UTF8.self)
            }
            program =
                try values.decodeIfPresent(String.self, forKey: .identifier)
                ?? values.decodeIfPresent(String.self, forKey: .command)
            process = try values.decodeIfPresent(String.self, forKey: .process)
            time = try values.decodeIfPresent(String.self, forKey: .time)
        }
    }

    /// Whether a line has the fields that every entry has.
    static func isEntry(_ text: Substring) -> Bool {
        text.utf8.first == UInt8(ascii: "{") && text.utf8.contains("\"MESSAGE\"")
            && text.utf8.contains("\"__REALTIME_TIMESTAMP\"")
    }

    /// `1725789601.123456 host pcscd[2811]: ` and the message; nil where the line is no entry.
    static func line(_ text: Substring) -> Substring? {
        guard isEntry(text) else { return nil }
        let entry: Entry
        do {
            entry = try JSONDecoder().decode(Entry.self, from: Data(text.utf8))
        } catch {
            // An entry whose fields are repeated, or cut short.
            return nil
        }
        guard let message = entry.message else { return nil }
        let stamp = entry.time.flatMap { Int64($0) }.map { time in
            "\(time / 1_000_000).\(String(1_000_000 + time % 1_000_000).dropFirst()) "
        }
        let process = entry.process.map { "[\($0)]" } ?? ""
        return "\(stamp ?? "")host \(entry.program ?? "program")\(process): \(message)"
    }
}
