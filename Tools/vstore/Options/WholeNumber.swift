import ArgumentParser

/// Whole numbers of the command line that, where they are refused, say which are right.
enum WholeNumber {
    /// Minutes by which local time is ahead of UTC.
    static func localOffset(_ text: String) throws -> Int {
        try parse(text, in: -840...840, "minutes that local time is ahead of UTC", example: "60, or -210 behind it")
    }

    static func port(_ text: String) throws -> UInt16 {
        UInt16(try parse(text, in: 1...65_535, "a port", example: "\(35_963)"))
    }

    static func seconds(_ text: String) throws -> Int {
        try parse(text, in: 1...3_600, "seconds", example: "20")
    }

    static func tableNumber(_ text: String) throws -> UInt16 {
        UInt16(try parse(text, in: 0...65_535, "the number of a table", example: "7"))
    }

    /// - Throws: `ValidationError` with the bounds and a right one.
    private static func parse(
        _ text: String, in bounds: ClosedRange<Int>, _ what: String, example: String
    ) throws -> Int {
        guard let number = Int(text), bounds.contains(number) else {
            throw ValidationError(
                "\(what): a whole number from \(bounds.lowerBound) to \(bounds.upperBound). Write it as \(example).")
        }
        return number
    }
}
