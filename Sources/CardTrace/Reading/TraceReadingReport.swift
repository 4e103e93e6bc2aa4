/// What a ``TraceReader`` found in a file, and what it could not read.
public struct TraceReadingReport: Sendable, Equatable {
    /// How many lines a text has, or packets a capture.
    public internal(set) var lines = 0
    /// How many exchanges were found.
    public internal(set) var exchanges = 0
    /// How many card events were found.
    public internal(set) var cardEvents = 0
    /// Lines that could not be read and were skipped.
    public internal(set) var skipped = Skipped()
    /// Lines that could be a command or an answer; they were paired by their form.
    public internal(set) var unsure = Unsure()

    /// Lines that could not be read.
    public struct Skipped: Sendable, Equatable {
        /// How many.
        public internal(set) var count = 0
        /// Why, for the first of them.
        public internal(set) var first: [TraceFileError] = []

        mutating func append(_ error: TraceFileError) {
            count += 1
            if first.count < TraceReadingReport.maxNamed { first.append(error) }
        }

        public static func == (a: Skipped, b: Skipped) -> Bool {
            a.count == b.count && a.first == b.first && a.first.map(\.subject) == b.first.map(\.subject)
        }
    }

    /// Lines of hexadecimal without marks whose direction is not certain.
    public struct Unsure: Sendable, Equatable {
        /// How many.
        public internal(set) var count = 0
        /// The numbers of the first of them, counted from 1.
        public internal(set) var first: [Int] = []

        mutating func append(_ line: Int) {
            count += 1
            if first.count < TraceReadingReport.maxNamed { first.append(line) }
        }
    }

    /// How many lines of each kind are named.
    public static let maxNamed = 10

    /// Whether neither an exchange nor a card event was found.
    public var isEmpty: Bool { exchanges == 0 && cardEvents == 0 }

    mutating func count(_ records: [TraceRecord]) {
        for record in records {
            switch record {
            case .exchange: exchanges += 1
            case .card: cardEvents += 1
            }
        }
    }
}
