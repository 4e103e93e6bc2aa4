internal import Dispatch
public import ISO7816
public import PowerLine
internal import Records
internal import Synchronization
public import ValueProtocol

/// Contacts each of several meters once, a limited number concurrently, each on a thread that may block.
///
///     let batch = MeterBatch(list, of: host, atOnce: 8, timeout: .seconds(20))
///     for result in await batch.run({ client, channel, meter in
///         try client.setClock(over: channel, expecting: meter.meter)
///     }) { print(result.address, result.outcome) }
public struct MeterBatch: Sendable {
    /// Makes the channel to a meter.
    public typealias Connect = @Sendable (_ host: PartyID, _ address: MeterAddress) -> any CardChannel

    private let meters: [MeterAddress]
    private let host: HostContext
    private let atOnce: Int
    private let connect: Connect
    private var isToSlot = false
    private var slotTimeout = Duration.seconds(20)

    /// Contacts the meters over their lines.
    ///
    /// - Parameters:
    ///   - list: the meters.
    ///   - host: has keys.
    ///   - atOnce: max. number of meters contacted concurrently, 1 or more.
    ///   - timeout: for one command.
    ///   - toSlot: whether to contact the cards in the meters' slots; every meter must then have its identifier.
    ///   - observe: wraps the channel to a meter, to trace it; nil leaves the channel unwrapped.
    public init(
        _ list: MeterList, of host: HostContext, atOnce: Int, timeout: Duration, toSlot: Bool = false,
        observe: (@Sendable (MeterLineChannel, MeterAddress) -> any CardChannel)? = nil
    ) {
        self.init(list, of: host, atOnce: atOnce) { _, address in
            let line = MeterLineChannel(
                address.address, to: toSlot ? .cardSlot : .element, of: address.meter ?? .none, timeout: timeout)
            return observe?(line, address) ?? line
        }
        isToSlot = toSlot
        slotTimeout = timeout
    }

    /// Contacts the meters over the caller's channels.
    ///
    /// - Parameters:
    ///   - list: the meters.
    ///   - host: has keys.
    ///   - atOnce: max. number of meters contacted concurrently, 1 or more.
    ///   - connect: makes the channel to a meter; called on the thread that uses it.
    public init(_ list: MeterList, of host: HostContext, atOnce: Int, connect: @escaping Connect) {
        precondition(atOnce > 0, "a batch contacts at least one meter at a time")
        meters = list.meters
        self.host = host
        self.atOnce = atOnce
        self.connect = connect
    }

    /// Performs `work` for each meter; a failure does not affect the others.
    ///
    /// - Parameter work: gets its own client and the channel to the meter.
    /// - Returns: the results in the order of the meters.
    public func run<Value: Sendable>(
        _ work: @escaping @Sendable (ElementClient, any CardChannel, MeterAddress) throws -> Value
    ) async -> [MeterResult<Value>] {
        let next = NextMeter()
        let results = await withTaskGroup(of: [(Int, MeterResult<Value>)].self) { group in
            for number in 0..<min(atOnce, meters.count) {
                group.addTask {
                    await withCheckedContinuation { done in
                        // A serial queue has its own thread while it blocks.
                        DispatchQueue(label: "meter batch \(number)").async {
                            done.resume(returning: self.contactMeters(next, work))
                        }
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        return results.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// Contacts one meter after the other until none is left. Blocks its thread.
    private func contactMeters<Value: Sendable>(
        _ next: NextMeter, _ work: @Sendable (ElementClient, any CardChannel, MeterAddress) throws -> Value
    ) -> [(Int, MeterResult<Value>)] {
        var results: [(Int, MeterResult<Value>)] = []
        while let index = next.next(below: meters.count) {
            let meter = meters[index]
            results.append((index, contact(meter, work)))
        }
        return results
    }

    private func contact<Value: Sendable>(
        _ meter: MeterAddress, _ work: @Sendable (ElementClient, any CardChannel, MeterAddress) throws -> Value
    ) -> MeterResult<Value> {
        do {
            let channel = connect(try host.pid, meter)
            let client = ElementClient(records: host.records, authority: try host.authority(), clock: host.clock)
            if isToSlot, let expected = meter.meter {
                // A card proves itself, but not in whose slot it is: that is the meter's to say.
                _ = try client.select(
                    over: MeterLineChannel(meter.address, of: expected, timeout: slotTimeout), expecting: expected)
            }
            // Value that is carried over is there for what follows; a meter without a name is known only after that.
            let named = isToSlot ? nil : meter.meter
            var pending = Result { try named.map { try client.completePending(of: $0, over: channel) } ?? [] }
            let value = try work(client, channel, meter)
            if named == nil, let eid = client.lastElement {
                pending = Result { try client.completePending(of: eid, over: channel) }
            }
            return MeterResult(address: meter, outcome: .success(value), pending: pending)
        } catch {
            return MeterResult(address: meter, outcome: .failure(error))
        }
    }
}

/// The result of a batch for one meter.
public struct MeterResult<Value: Sendable>: Sendable {
    public let address: MeterAddress
    public let outcome: Result<Value, any Error>
    /// What the records owed the meter, such as value of one that it replaced, and was sent once the work was done.
    public let pending: Result<[CreditResult], any Error>

    public init(
        address: MeterAddress, outcome: Result<Value, any Error>,
        pending: Result<[CreditResult], any Error> = .success([])
    ) {
        self.address = address
        self.outcome = outcome
        self.pending = pending
    }
}

/// Returns the meters' indices, each once.
private final class NextMeter: Sendable {
    private let index = Atomic(0)

    func next(below count: Int) -> Int? {
        let taken = index.wrappingAdd(1, ordering: .relaxed).oldValue
        return taken < count ? taken : nil
    }
}
