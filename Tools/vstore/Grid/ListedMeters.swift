import Grid
import Logging
import ServiceLifecycle
import ValueProtocol

/// The file that lists a transformer's meters: an identifier per line; a line that begins with `#` is a remark.
struct ListedMeters: Sendable {
    let path: String
    /// As they were read first.
    let meters: Set<PartyID>
    private let text: String

    /// - Throws: `Failure` where the file cannot be read, or a line is not an identifier.
    init(_ path: String) throws {
        self.path = path
        text = try TextFile.read(path)
        meters = try Self.parse(text, path)
    }

    private static func parse(_ text: String, _ path: String) throws -> Set<PartyID> {
        var meters: Set<PartyID> = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let word = line.split(whereSeparator: \.isWhitespace).first ?? ""
            guard !word.isEmpty, !word.hasPrefix("#") else { continue }
            guard let meter = PartyID(word) else {
                throw Failure(.usage, "\(path), line \(index + 1): '\(word)' is not an identifier. Write one per line.")
            }
            meters.insert(meter)
        }
        return meters
    }

    /// Reads the file every few seconds, until the program is asked to end, and passes on what has changed. A file that cannot be
    /// read changes nothing.
    func follow(_ log: UnitLog, _ changed: @escaping @Sendable (Set<PartyID>) -> Void) async {
        await cancelWhenGracefulShutdown {
            var (known, fault) = (text, "")
            while true {
                do {
                    try await Task.sleep(for: .seconds(2))
                } catch {
                    // The program ends.
                    return
                }
                do {
                    let new = try TextFile.read(path)
                    guard new != known else { continue }
                    known = new
                    let meters = try Self.parse(new, path)
                    changed(meters)
                    fault = ""
                    log.show(
                        "listed", "\(path) lists \(meters.count) meters now",
                        ["file": .text(path), "meters": .number(meters.count)])
                } catch {
                    guard explained(error) != fault else { continue }
                    fault = explained(error)
                    log.show("listed", fault, ["file": .text(path), "error": .error(error)], level: .warning)
                }
            }
        }
    }
}
