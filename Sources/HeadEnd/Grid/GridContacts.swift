internal import Diagnostics
public import Grid
internal import ISO7816
public import Records
public import ValueProtocol

/// A host's contacts with the meters of its grid, by the thousand: each over the trunk of the area unit that has the meter, and
/// none with a thread of its own.
///
/// Units report which meters they have; a meter that no unit has reported is not reached. Contacts with one meter follow one
/// another. What an order leaves in doubt is recovered by itself: the meter is contacted again, after pauses that grow, and an
/// order that it proves not applied is sent again under its number.
public actor GridContacts {
    /// How one meter's operation went on.
    public struct Progress: Sendable {
        public let meter: PartyID
        public let stage: GridOperation.Stage
        /// Once it is over.
        public let result: Result<ContactReport, HostError>?
    }

    /// How meters are contacted.
    public struct Options: Sendable {
        public var device = Exchange.Device.element
        public var priority = Exchange.Priority.reading
        /// How many meters at a time.
        public var atOnce = 1_000
        /// How long a command may wait for its line.
        public var timeLimit = Duration.seconds(600)
        /// How often a meter is contacted, where it does not answer or an outcome is in doubt.
        public var attempts = 4
        /// Before the second attempt; it doubles each time.
        public var pause = Duration.seconds(2)

        public init() {}
    }

    private let contacts: ContactDriver
    private let trunks: any UnitTrunks
    private let sleep: @Sendable (Duration) async -> Void
    private var routes = MeterRoutes()
    private var areas: [PartyID: PartyID] = [:]
    private var book = LineBook()
    private struct Awaited {
        let number: UInt64
        let meters: Set<PartyID>
        let continuation: CheckedContinuation<Bool, Never>
    }

    private var awaited: [Awaited] = []
    private var lastWaiter: UInt64 = 0
    private var busy: [PartyID: [CheckedContinuation<Void, Never>]] = [:]

    /// - Parameters:
    ///   - host: has keys.
    ///   - trunks: to its area units.
    ///   - sleep: waits; a test's own.
    public init(
        _ host: HostContext, over trunks: any UnitTrunks,
        sleep: @escaping @Sendable (Duration) async -> Void = { time in
            do {
                try await Task.sleep(for: time)
            } catch {
                // The task was cancelled: it goes on at once, and ends what it has begun.
            }
        }
    ) {
        contacts = ContactDriver(host)
        self.trunks = trunks
        self.sleep = sleep
    }

    // MARK: Who is there

    /// Takes what a unit has reported, as an area unit's trunk brought it.
    public func receive(_ report: UnitReport, from area: PartyID) {
        book.record(report.content)
        guard case .meters(let roster) = report.content else { return }
        routes.apply(roster, of: report.unit)
        areas[report.unit] = area
        let (ready, others) = (awaited.filter { isKnown($0.meters) }, awaited.filter { !isKnown($0.meters) })
        awaited = others
        for one in ready { one.continuation.resume(returning: true) }
    }

    /// Waits until units have reported all of these meters.
    ///
    /// - Returns: false if the task was cancelled before.
    public func wait(for meters: Set<PartyID>) async -> Bool {
        guard !isKnown(meters) else { return true }
        lastWaiter += 1
        let number = lastWaiter
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(returning: false) }
                awaited.append(Awaited(number: number, meters: meters, continuation: continuation))
            }
        } onCancel: {
            Task { await self.stopWaiting(number) }
        }
    }

    private func isKnown(_ meters: Set<PartyID>) -> Bool { meters.allSatisfy { area(of: $0) != nil } }

    private func stopWaiting(_ number: UInt64) {
        guard let index = awaited.firstIndex(where: { $0.number == number }) else { return }
        awaited.remove(at: index).continuation.resume(returning: false)
    }

    /// The local units that have reported, ascending.
    public var units: [PartyID] { routes.all }
    /// Every meter that a unit has, ascending.
    public var meters: [PartyID] { units.flatMap { routes.meters(of: $0) }.sorted() }
    /// The meters of a local unit, ascending.
    public func meters(of unit: PartyID) -> [PartyID] { routes.meters(of: unit).sorted() }
    /// The line to a meter, as its unit has reported it; nil if it has not.
    public func line(to meter: PartyID) -> LineBook.Line? { book[meter] }
    /// The meters that do not answer, as units report it.
    public var quiet: [PartyID] { book.quiet }
    /// The area unit through which a meter or local unit is reached; nil if none has reported it.
    public func area(of party: PartyID) -> PartyID? { routes.unit(of: party).flatMap { areas[$0] } }

    // MARK: Operations

    /// Carries an operation out with each of these meters.
    ///
    /// - Parameters:
    ///   - task: of a meter; an order has the same reference each time.
    ///   - meters: each once.
    ///   - options: how they are contacted.
    ///   - report: called as operations go on.
    /// - Returns: how each ended, in the order of `meters`.
    public func run(
        _ task: @escaping @Sendable (PartyID) -> ContactTask, with meters: [PartyID], _ options: Options = Options(),
        report: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async -> [(meter: PartyID, result: Result<ContactReport, HostError>)] {
        for meter in meters { report(Progress(meter: meter, stage: .queued, result: nil)) }
        let results = await withTaskGroup(of: (Int, Result<ContactReport, HostError>).self) { group in
            var (next, results) = (0, [Int: Result<ContactReport, HostError>]())
            func addNext() {
                guard next < meters.count else { return }
                let index = next
                next += 1
                group.addTask {
                    (index, await self.operate(task(meters[index]), with: meters[index], options, report))
                }
            }
            for _ in 0..<max(1, options.atOnce) { addNext() }
            while let (index, result) = await group.next() {
                results[index] = result
                addNext()
            }
            return results
        }
        return meters.enumerated().compactMap { index, meter in results[index].map { (meter, $0) } }
    }

    /// One operation with one meter, to its end.
    private func operate(
        _ task: ContactTask, with meter: PartyID, _ options: Options, _ report: @Sendable (Progress) -> Void
    ) async -> Result<ContactReport, HostError> {
        await take(meter)
        defer { release(meter) }
        var operation = GridOperation(task, attempts: options.attempts, pause: options.pause)
        while true {
            report(Progress(meter: meter, stage: operation.begin(), result: nil))
            let result = await contact(operation.task, with: meter, options)
            let next = operation.advance(result)
            guard next != .over else {
                report(Progress(meter: meter, stage: operation.stage, result: result))
                return result
            }
            if operation.stage != .sent { report(Progress(meter: meter, stage: operation.stage, result: nil)) }
            if case .pause(let time) = next { await sleep(time) }
        }
    }

    private func contact(
        _ task: ContactTask, with meter: PartyID, _ options: Options
    ) async -> Result<ContactReport, HostError> {
        let toSlot = options.device == .cardSlot
        do throws(HostError) {
            guard let area = area(of: meter) else {
                throw HostError(.noSession, "\(meter)", cause: ExchangeOutcome.Cause.unknownMeter.circumstance)
            }
            let channel = TrunkCardChannel(
                to: meter, over: trunks.trunk(to: area), device: options.device, priority: options.priority,
                timeLimit: options.timeLimit)
            return .success(try await contacts.run(task, expecting: toSlot ? nil : meter, over: channel))
        } catch {
            return .failure(error)
        }
    }

    // MARK: One contact at a time

    private func take(_ meter: PartyID) async {
        guard busy[meter] != nil else {
            busy[meter] = []
            return
        }
        await withCheckedContinuation { busy[meter]?.append($0) }
    }

    private func release(_ meter: PartyID) {
        guard var waiting = busy[meter], !waiting.isEmpty else {
            busy[meter] = nil
            return
        }
        let next = waiting.removeFirst()
        busy[meter] = waiting
        next.resume()
    }
}

extension ExchangeOutcome.Cause {
    var circumstance: Circumstance { Circumstance("\(self)") }
}
