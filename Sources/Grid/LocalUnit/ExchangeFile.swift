internal import Dispatch
internal import DurableFiles
internal import Synchronization
internal import SystemPackage
internal import ValueProtocol

/// Where the lower end of a trunk writes its queue down.
public protocol TrunkStore: Sendable {
    /// The queue as it is written down, with deadlines by the time of trunks.
    var queue: KeptQueue { get }
    /// Writes records down; when it returns, they outlive a power cut.
    ///
    /// - Throws: `UnitError` `.queueNotKept`; none of them is written then.
    func append(_ records: [TrunkRecord]) async throws(UnitError)
}

/// The file in which a local unit keeps the loads and recoveries that it has accepted.
///
/// A line per record: `queue NUMBER`, `upper PROCESS`, `accepted ID METER DEVICE PRIORITY DEADLINE COMMAND`, `began ID`,
/// `answered ID RESPONSE`, `notsent ID CAUSE`, `perhaps ID CAUSE`, `ended ID`. Numbers of processes and queues, commands and
/// responses are hexadecimal, a response of no bytes is `-`, a deadline is in milliseconds since 1970. Commands and responses are
/// sealed for host and meter, as they travel.
public final class ExchangeFile: TrunkStore {
    private struct State {
        var file: AppendOnlyFile?
        /// As it is in the file: deadlines are since 1970.
        var queue: KeptQueue
        var lineCount: Int
    }

    public let path: String
    private let clock: @Sendable () -> Duration
    private let time: TrunkTime
    private let state: Mutex<State>
    private let thread = DispatchQueue(label: "exchanges of a unit")
    /// A file with more lines than this is written anew where most of them are over.
    private static let maxLines = 4_096
    private static let header = "exchanges of a local unit, version 1"

    /// Opens the file, or creates it; no other program may have it open.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - clock: the time of day, since 1970.
    /// - Throws: `UnitError` `.inUse`; `.queueUnreadable`, with the line; `.queueNotKept`.
    public convenience init(at path: String, clock: @escaping @Sendable () -> Duration) throws(UnitError) {
        try self.init(at: path, clock: clock, time: .system)
    }

    package init(at path: String, clock: @escaping @Sendable () -> Duration, time: TrunkTime) throws(UnitError) {
        self.path = path
        self.clock = clock
        self.time = time
        let file = try Self.open(path)
        var queue: KeptQueue?
        for (index, line) in file.lines.enumerated() {
            if index == 0, let number = Self.number(line) {
                queue = KeptQueue(number)
            } else if let record = TrunkRecord(line: line), queue != nil {
                queue?.apply(record)
            } else {
                throw UnitError(.queueUnreadable, "\(path), line \(index + 2)")
            }
        }
        let isNew = queue == nil
        let found = queue ?? KeptQueue(.random(in: 1...UInt64.max))
        let lineCount = file.lines.count
        state = Mutex(State(file: file, queue: found, lineCount: lineCount))
        if isNew || lineCount > 2 * found.records.count + 16 {
            try state.withLock { state in Self.rewrite(&state, path) }.get()
        }
    }

    private static func open(_ path: String) throws(UnitError) -> AppendOnlyFile {
        do throws(FileError) {
            return try AppendOnlyFile(at: FilePath(file: path), header: header)
        } catch {
            if error.code == .locked { throw UnitError(.inUse, path) }
            throw UnitError(.queueUnreadable, path, cause: error.reason)
        }
    }

    private static func number(_ line: String) -> UInt64? {
        let words = line.split(separator: " ")
        guard words.count == 2, words[0] == "queue", let number = UInt64(words[1], radix: 16), number > 0 else {
            return nil
        }
        return number
    }

    public var queue: KeptQueue {
        let shift = time.now() - clock()
        let queue = state.withLock { $0.queue }
        return KeptQueue(queue.number, queue.records.map { $0.shifted(by: shift) })
    }

    public func append(_ records: [TrunkRecord]) async throws(UnitError) {
        let result = await withCheckedContinuation { continuation in
            thread.async { continuation.resume(returning: self.write(records)) }
        }
        try result.get()
    }

    /// Writes down that the commands of these may be on the line from here on; waits on the calling thread.
    ///
    /// - Throws: `UnitError` `.queueNotKept`; none of them is written then.
    public func began(_ ids: [ExchangeID]) throws(UnitError) { try write(ids.map { .began($0) }).get() }

    private func write(_ records: [TrunkRecord]) -> Result<Void, UnitError> {
        let shift = clock() - time.now()
        let dated = records.map { $0.shifted(by: shift) }
        return state.withLock { state in
            guard let file = state.file else { return .failure(UnitError(.queueNotKept, path)) }
            do throws(FileError) {
                try file.append(dated.map(\.line).joined(separator: "\n"))
            } catch {
                return .failure(UnitError(.queueNotKept, path, cause: error.reason))
            }
            for record in dated { state.queue.apply(record) }
            state.lineCount += dated.count
            guard state.lineCount > Self.maxLines, state.lineCount > 4 * state.queue.records.count else {
                return .success(())
            }
            // What was asked for is written; if this fails, the next one says so.
            _ = Self.rewrite(&state, path)
            return .success(())
        }
    }

    /// Replaces the file by one without what is over.
    private static func rewrite(_ state: inout State, _ path: String) -> Result<Void, UnitError> {
        let records = state.queue.records
        let lines = [header, "queue \(String(state.queue.number, radix: 16))"] + records.map(\.line)
        do throws(FileError) {
            let replacement = try ReplacementFile(at: FilePath(file: path))
            try replacement.write(Array((lines.joined(separator: "\n") + "\n").utf8))
            try replacement.finish()
        } catch {
            return .failure(UnitError(.queueNotKept, path, cause: error.reason))
        }
        // The one before is not in its place any more: nothing may be written there.
        state.file = nil
        do throws(UnitError) {
            state.file = try open(path)
            state.lineCount = records.count + 1
        } catch {
            return .failure(UnitError(.queueNotKept, path, cause: error))
        }
        return .success(())
    }
}

extension TrunkRecord {
    func shifted(by shift: Duration) -> TrunkRecord {
        guard case .accepted(let exchange) = self else { return self }
        return .accepted(
            Exchange(
                exchange.id, with: exchange.meter, exchange.device, exchange.priority,
                until: max(.zero, exchange.deadline + shift), command: exchange.command))
    }

    fileprivate var line: String {
        switch self {
        case .upper(let process): "upper \(String(process, radix: 16))"
        case .accepted(let exchange):
            "accepted \(exchange.id) \(exchange.meter) \(exchange.device.rawValue) \(exchange.priority.rawValue) "
                + "\(exchange.deadline.milliseconds) \(Self.digits(exchange.command))"
        case .began(let id): "began \(id)"
        case .answered(let id, .answered(let response)): "answered \(id) \(Self.digits(response))"
        case .answered(let id, .notSent(let cause)): "notsent \(id) \(cause.rawValue)"
        case .answered(let id, .perhapsDone(let cause)): "perhaps \(id) \(cause.rawValue)"
        case .ended(let id): "ended \(id)"
        }
    }

    fileprivate init?(line: String) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count >= 2 else { return nil }
        if words[0] == "upper" {
            guard words.count == 2, let process = UInt64(words[1], radix: 16) else { return nil }
            self = .upper(process)
            return
        }
        guard let id = ExchangeID(words[1]) else { return nil }
        switch (words[0], words.count) {
        case ("accepted", 7):
            guard let meter = PartyID(words[2]), let device = UInt8(words[3]).flatMap(Exchange.Device.init(rawValue:)),
                let priority = UInt8(words[4]).flatMap(Exchange.Priority.init(rawValue:)),
                let deadline = Int64(words[5]), deadline >= 0, let command = Self.bytes(words[6]), !command.isEmpty
            else { return nil }
            self = .accepted(
                Exchange(id, with: meter, device, priority, until: .milliseconds(deadline), command: command))
        case ("began", 2): self = .began(id)
        case ("answered", 3):
            guard let response = Self.bytes(words[2]) else { return nil }
            self = .answered(id, .answered(response))
        case ("notsent", 3), ("perhaps", 3):
            guard let cause = UInt8(words[2]).flatMap(ExchangeOutcome.Cause.init(rawValue:)) else { return nil }
            self = .answered(id, words[0] == "notsent" ? .notSent(cause) : .perhapsDone(cause))
        case ("ended", 2): self = .ended(id)
        default: return nil
        }
    }

    private static func digits(_ bytes: [UInt8]) -> String {
        guard !bytes.isEmpty else { return "-" }
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        if text == "-" { return [] }
        let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count % 2 == 0, !digits.contains(nil) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8((digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0)) }
    }
}

extension ExchangeID {
    /// As ``description`` writes it.
    fileprivate init?(_ text: Substring) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let origin = UInt64(parts[0], radix: 16), let number = UInt64(parts[1]) else {
            return nil
        }
        self.init(origin: origin, number: number)
    }
}
