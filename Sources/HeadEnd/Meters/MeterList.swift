public import Diagnostics
internal import PowerLine
internal import ValueProtocol

/// The meters of a batch, all on different lines.
public struct MeterList: Sendable, Hashable {
    public let meters: [MeterAddress]

    /// - Throws: `MeterListError` `.repeatedAddress`: each line leads to one meter.
    public init(_ meters: [MeterAddress]) throws(MeterListError) {
        var seen: Set<LineAddress> = []
        for meter in meters where !seen.insert(meter.address).inserted {
            throw MeterListError(.repeatedAddress, "\(meter.address)")
        }
        self.meters = meters
    }

    /// Parses a list of meters: an identifier, white space and an address per line; `#` begins a comment.
    ///
    /// - Parameters:
    ///   - text: of the list.
    ///   - name: of its file, for errors.
    /// - Throws: `MeterListError` `.malformedLine`, with the line number.
    public static func parse(_ text: String, name: String) throws(MeterListError) -> [MeterAddress] {
        var meters: [MeterAddress] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard !words.isEmpty else { continue }
            guard words.count == 2, let meter = PartyID(words[0]), let address = LineAddress(words[1]) else {
                throw MeterListError(.malformedLine, "\(name), line \(index + 1)")
            }
            meters.append(MeterAddress(meter: meter, address: address))
        }
        return meters
    }
}

/// What is wrong with a list of meters.
public struct MeterListError: DiagnosticError {
    /// What is wrong, with a stable number.
    public enum Code: UInt16, DiagnosticCode {
        /// A line is not an identifier and an address.
        case malformedLine = 1
        /// Two meters have the same address.
        case repeatedAddress = 2

        public var description: String {
            switch self {
            case .malformedLine: "is not a meter"
            case .repeatedAddress: "is named twice"
            }
        }
    }

    public let code: Code
    /// The line of the list, or the address.
    public let subject: String
    /// The underlying error, if any.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}
