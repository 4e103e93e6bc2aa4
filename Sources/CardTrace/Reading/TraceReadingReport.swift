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
    /// Packets of a capture that are not read.
    public internal(set) var unreadPackets = UnreadPackets()
    /// The form that lines have where none is of the form that the reader was given; nil where they have that, or none
    /// that is known.
    public internal(set) var resembles: TraceSource?

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

    /// Packets that are not read: of link types that are unknown here, or damaged. Those of a link type that is read and
    /// that have no APDU are not among them.
    public struct UnreadPackets: Sendable, Equatable {
        /// A link type (tcpdump's registry, LINKTYPE_ names).
        public struct Link: Sendable, Equatable {
            /// Its number.
            public let number: UInt16
            /// Its name; nil where none is known.
            public let name: String?
            /// How many packets have it.
            public internal(set) var count = 0
        }

        /// How many.
        public internal(set) var count = 0
        /// The first link types, in the order of the file.
        public internal(set) var links: [Link] = []
        /// How many of them name no interface of the capture, or are longer than their block.
        public internal(set) var damaged = 0

        mutating func append(_ number: UInt16) {
            count += 1
            if let index = links.firstIndex(where: { $0.number == number }) {
                links[index].count += 1
            } else if links.count < TraceReadingReport.maxNamed {
                links.append(Link(number: number, name: LinkType.name(number), count: 1))
            }
        }

        mutating func appendDamaged() {
            count += 1
            damaged += 1
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
