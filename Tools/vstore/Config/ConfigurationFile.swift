/// The text of the configuration file: a setting per line as `name = value`, and comments, which a change keeps.
struct ConfigurationFile {
    /// As in messages.
    let path: String
    private var lines: [Substring]
    /// The values, and where they are in `lines`; several lines only where the setting is about to be changed.
    private var found: [Setting: (value: String, lines: [Int])] = [:]

    /// - Parameters:
    ///   - text: of the file.
    ///   - path: of the file; a relative path in it is taken from its folder.
    ///   - personal: the person's own folder, for `~/`.
    ///   - changed: a setting that is about to be changed: what is wrong with it is mended so.
    /// - Throws: `Failure` with the line that is wrong.
    init(_ text: String, path: String, personal: String, changing changed: Setting? = nil) throws {
        self.path = path
        // A carriage return and a line feed are one character: lines are split at the byte.
        lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Substring($0) }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        for (index, line) in lines.enumerated() {
            do throws(SettingFault) {
                guard let (setting, text) = try Self.assignment(in: line) else { continue }
                if setting == changed {
                    found[setting] = (text, (found[setting]?.lines ?? []) + [index])
                    continue
                }
                if let earlier = found[setting]?.lines.first {
                    throw SettingFault(
                        "\(setting.rawValue) is set twice, in line \(earlier + 1) too", "Remove one of the lines.")
                }
                found[setting] = (try setting.value(text, in: folder, personal: personal), [index])
            } catch {
                throw Failure(.file, "\(path), line \(index + 1): \(error.fault). \(error.remedy)")
            }
        }
    }

    /// The value of a setting; nil where the file does not hold it.
    subscript(setting: Setting) -> String? { found[setting]?.value }

    /// The text with a setting changed, in the line where it is or behind all others.
    ///
    /// - Parameter value: nil to remove it.
    func text(with setting: Setting, as value: String?) -> String {
        var lines = lines
        let assignment = value.map { Substring("\(setting.rawValue) = \($0)") }
        let places = found[setting]?.lines ?? []
        for place in places.dropFirst(assignment == nil ? 0 : 1).reversed() { lines.remove(at: place) }
        if let assignment {
            if let place = places.first {
                lines[place] = assignment
            } else {
                lines.insert(assignment, at: lines.last == "" ? lines.count - 1 : lines.count)
            }
        }
        let text = lines.joined(separator: "\n")
        return text.isEmpty || text.utf8.last == UInt8(ascii: "\n") ? text : text + "\n"
    }

    private static func shortened(_ text: Substring) -> String {
        text.count > 60 ? "\(text.prefix(60))…" : String(text)
    }

    /// The setting of a line, and its text; nil for an empty line and a comment.
    private static func assignment(in line: Substring) throws(SettingFault) -> (Setting, String)? {
        let line = line.trimmed
        if line.isEmpty || line.hasPrefix("#") { return nil }
        let remedy = "Write name = value; # begins a comment."
        guard let sign = line.firstIndex(of: "=") else {
            throw SettingFault("'\(shortened(line))' sets nothing", remedy)
        }
        let name = String(line[..<sign].trimmed)
        guard let setting = Setting(rawValue: name) else {
            let names = Setting.allCases.map(\.rawValue)
            let remedy =
                MistypedCommand.nearest(to: name, of: names).map { "Did you mean '\($0)'?" }
                ?? "There are \(names.joined(separator: ", "))."
            throw SettingFault("there is no setting '\(shortened(name[...]))'", remedy)
        }
        return (setting, String(line[line.index(after: sign)...].trimmed))
    }
}

extension Substring {
    /// Without blanks at its ends.
    var trimmed: Substring {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
