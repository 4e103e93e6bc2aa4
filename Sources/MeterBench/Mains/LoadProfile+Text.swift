extension LoadProfile {
    private static let maxPower = 10_000_000.0

    /// Parses a profile.
    ///
    /// - Parameter text: in the format of ``LoadProfile``.
    /// - Throws: `LoadProfileError`.
    public init(parsing text: String) throws(LoadProfileError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// Parses the contents of a profile file.
    ///
    /// - Parameter text: UTF-8 in the format of ``LoadProfile``; a byte-order mark is skipped.
    /// - Throws: `LoadProfileError`.
    public init(parsing text: [UInt8]) throws(LoadProfileError) {
        var interval: Int?
        var columns: Int?
        var loads: [Load] = []
        var number = 0
        var rest = text[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        while !rest.isEmpty {
            number += 1
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            var line = rest[..<(end ?? rest.endIndex)]
            rest = end.map { rest[($0 + 1)...] } ?? []
            if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            let fields = try LoadProfile.fields(line, line: number)
            if interval == nil {
                interval = try LoadProfile.interval(fields, line: number)
            } else if let columns {
                try LoadProfile.add(fields, of: columns, to: &loads, line: number)
            } else {
                columns = try LoadProfile.columns(fields, line: number)
            }
        }
        guard let interval else { throw LoadProfileError(.noInterval, line: number + 1) }
        guard let columns else { throw LoadProfileError(.wrongColumns, line: number + 1) }
        guard !loads.isEmpty else { throw LoadProfileError(.noRows, line: number + 1) }
        self.init(interval: interval, channels: columns / 2, loads: loads)
    }

    private static func fields(_ line: ArraySlice<UInt8>, line number: Int) throws(LoadProfileError) -> [String] {
        var fields: [String] = []
        for bytes in line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let field = String(validating: bytes, as: UTF8.self) else {
                throw LoadProfileError(.notText, line: number)
            }
            fields.append(LoadProfile.trimmed(field))
        }
        return fields
    }

    private static func trimmed(_ field: String) -> String {
        guard field.utf8.first == UInt8(ascii: " ") || field.utf8.last == UInt8(ascii: " ") else { return field }
        let start = field.drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }

    private static func interval(_ fields: [String], line: Int) throws(LoadProfileError) -> Int {
        guard fields.count == 2, fields[0] == "seconds a row", let interval = Int(fields[1]), 1...86_400 ~= interval
        else { throw LoadProfileError(.noInterval, line: line) }
        return interval
    }

    private static func columns(_ fields: [String], line: Int) throws(LoadProfileError) -> Int {
        let names = ["watts", "degrees"]
        for (index, field) in fields.enumerated() where field != names[index % 2] {
            throw LoadProfileError(.wrongColumns, line: line)
        }
        guard fields.count.isMultiple(of: 2) else { throw LoadProfileError(.wrongColumns, line: line) }
        return fields.count
    }

    private static func add(
        _ fields: [String], of columns: Int, to loads: inout [Load], line: Int
    ) throws(LoadProfileError) {
        guard fields.count == columns else {
            throw LoadProfileError(.wrongCount, line: line, found: "\(fields.count) instead of \(columns)")
        }
        for index in stride(from: 0, to: columns, by: 2) {
            let watts = try number(fields[index], upTo: maxPower, line: line)
            let degrees = try number(fields[index + 1], upTo: 180, line: line)
            guard Load.isPossible(watts: watts, degrees: degrees) else {
                throw LoadProfileError(
                    .contradiction, line: line, found: "\(fields[index]) W and \(fields[index + 1]) degrees")
            }
            loads.append(Load(watts: watts, degrees: degrees))
        }
    }

    /// A decimal number, without the other forms that Double parses, such as nan and 0x1p3.
    private static func number(
        _ text: String, upTo limit: Double, line: Int
    ) throws(LoadProfileError) -> Double {
        let isDecimal = text.utf8.allSatisfy { "0123456789.-+".utf8.contains($0) }
        guard isDecimal, let number = Double(text) else {
            throw LoadProfileError(.notANumber, line: line, found: "\"\(text)\"")
        }
        guard abs(number) <= limit else { throw LoadProfileError(.outOfRange, line: line, found: text) }
        return number
    }
}
