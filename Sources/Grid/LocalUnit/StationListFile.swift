public import Diagnostics
internal import DurableFiles
internal import SystemPackage
internal import ValueProtocol

/// The file in which a local unit writes its list of stations down.
///
/// A line per change: `began EPOCH CLIENT`, `given EID STATION`, `withdrawn EID`; numbers are decimal.
public final class StationListFile {
    public let path: String
    /// The list as it was written down; nil if none was begun.
    public let list: StationList?
    private let file: AppendOnlyFile

    private static let header = "stations of a local unit, version 1"

    /// Opens the file, or creates it; no other program may have it open.
    ///
    /// - Throws: `UnitError` `.inUse`; `.listUnreadable`, with the line.
    public init(at path: String) throws(UnitError) {
        self.path = path
        do throws(FileError) {
            file = try AppendOnlyFile(at: FilePath(file: path), header: Self.header)
        } catch {
            if error.code == .locked { throw UnitError(.inUse, path) }
            throw UnitError(.listUnreadable, path, cause: error.reason)
        }
        var changes: [StationList.Change] = []
        for (index, line) in file.lines.enumerated() {
            guard let change = StationList.Change(line) else {
                throw UnitError(.listUnreadable, "\(path), line \(index + 2)")
            }
            changes.append(change)
        }
        list = StationList(changes)
    }

    /// Writes changes down; when it returns, they outlive a power cut.
    ///
    /// - Throws: `UnitError` `.listNotKept`; none of them is written then.
    public func append(_ changes: [StationList.Change]) throws(UnitError) {
        guard !changes.isEmpty else { return }
        do throws(FileError) {
            try file.append(changes.map(\.line).joined(separator: "\n"))
        } catch {
            throw UnitError(.listNotKept, path, cause: error.reason)
        }
    }
}

extension StationList.Change {
    fileprivate var line: String {
        switch self {
        case .began(let epoch, let client): "began \(epoch) \(client)"
        case .given(let meter, let station): "given \(meter) \(station)"
        case .withdrawn(let meter): "withdrawn \(meter)"
        }
    }

    fileprivate init?(_ line: String) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        switch (words.first, words.count) {
        case ("began", 3):
            guard let epoch = UInt32(words[1]), let client = UInt8(words[2]), client <= 0x7F else { return nil }
            self = .began(epoch: epoch, client: client)
        case ("given", 3):
            guard let meter = PartyID(words[1]), let station = UInt16(words[2]), StationList.numbers.contains(station)
            else { return nil }
            self = .given(meter, station: station)
        case ("withdrawn", 2):
            guard let meter = PartyID(words[1]) else { return nil }
            self = .withdrawn(meter)
        default: return nil
        }
    }
}

/// Why a unit does not work.
public struct UnitError: DiagnosticError {
    public enum Code: UInt16, DiagnosticCode {
        /// The file of its stations is not one.
        case listUnreadable = 1
        /// A change of its stations cannot be written: no station is assigned until it can.
        case listNotKept = 2
        /// Another program serves the same line.
        case inUse = 3
        /// The file of the exchanges that it keeps is not one.
        case queueUnreadable = 4
        /// An exchange cannot be written down there: no load is accepted until one can.
        case queueNotKept = 5

        public var description: String {
            switch self {
            case .listUnreadable: "is not a readable list of stations"
            case .inUse: "is in use by another program"
            case .listNotKept: "the stations of the line cannot be written there"
            case .queueUnreadable: "is not a readable list of exchanges"
            case .queueNotKept: "accepted exchanges cannot be written there"
            }
        }
    }

    public let code: Code
    /// The file.
    public let subject: String
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}
