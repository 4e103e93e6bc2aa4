import CardCrypto
import CardIO
import CardIOTesting
import Foundation
import HeadEnd
import ISO7816
import Meter
import PowerLine
import Records
import RecordsSQLite
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Credit's whole way by card: the host's record file, the line of an electric meter, its slot, the card, a gas meter; the
/// card in a reader of a real pcscd, pulled out at every command.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct ValueByCardTests {
    private static let issuer: UInt32 = 0x00A1_B2C3
    private static let hostID = PartyID(issuer: issuer, kind: .host, number: 1)
    private static let electricID = PartyID(issuer: issuer, kind: .electricMeter, number: 0x77)
    private static let gasID = PartyID(issuer: issuer, kind: .gasMeter, number: 0x78)
    private static let cardID = PartyID(issuer: issuer, kind: .subscriberCard, number: 0x11234)
    private static let euro = Currency(rawValue: 978)
    private static let limit: UInt64 = 1_000_000_000
    private static let credit = Amount(rawValue: 20_000_000)
    /// SELECT, INITIALIZE, and an EXECUTE each for STATUS and STORE CREDIT.
    private static let hostCommands = 4
    /// SELECT, INITIALIZE, EXECUTE.
    private static let meterCommands = 3

    private static func keys() throws -> HostKeys {
        let keys = try HostKeys(pid: hostID)
        for purpose in Purpose.allCases {
            keys.hold(Secret(copying: [UInt8](repeating: purpose.rawValue, count: 16)), as: KeyName(purpose, 1))
        }
        return keys
    }

    private static func image(
        _ id: PartyID, _ services: [UtilityService], _ purposes: [Purpose], _ keys: HostKeys, _ suite: CipherSuite
    ) throws -> ElementImage {
        ElementImage(
            issued: id,
            keys: try purposes.map { purpose in
                let name = KeyName(purpose, 1)
                return StoredKey(name: name, key: try #require(keys.elementKey(name, of: id, suite)))
            }, purses: services.map { Purse($0, limit: limit) })
    }

    @Test func `credit reaches the gas meter once whenever the card is pulled`() async throws {
        let suite = try CipherSuite()
        let keys = try Self.keys()
        let electric = try Self.image(Self.electricID, [.electricity], [.credit, .transfer], keys, suite)
        let price = ElectricConfiguration(
            price: Amount(rawValue: 300_000), rules: CreditRules(token: Amount(rawValue: 1_000_000)))
        let transport = Secret(copying: [UInt8](repeating: 9, count: 16))
        let station = try await MeterStation(
            ElectricMeter.records(Self.electricID, transportKey: transport, price)
                .merging(ValueCard.records(electric)) { $1 })
        let gas = try Self.image(Self.gasID, [.gas], [.transfer], keys, suite)
        nonisolated(unsafe) let gasMeter = try OffLineMeter(
            VolatileMemory(
                OffLineMeter.records(Self.gasID, transportKey: transport, price: Amount(rawValue: 900_000))
                    .merging(ValueCard.records(gas)) { $1 }),
            parts: MeterParts(clock: AdjustableClock { 1_767_225_600 }))
        var card = try Self.image(Self.cardID, [.gas], [.credit], keys, suite)
        let kx = try #require(keys.cardToMeterKey(version: 1, meter: Self.gasID, card: Self.cardID, suite))
        card.put(MeterBinding(service: .gas, meter: Self.gasID, version: 1, kx: kx))
        let records = try RecordFile(.inMemory, auditKey: keys.auditKey)
        nonisolated(unsafe) let client = ElementClient(
            records: records, authority: try keys.authority(register: records),
            clock: { Timestamp(rawValue: 1_767_225_600) })
        nonisolated(unsafe) let line = MeterLineChannel(
            station.address, to: .cardSlot, of: Self.electricID, timeout: .seconds(3_600))

        let content = ValueCard.records(card)
        try await VirtualReaders.lend { readers in
            let virtual = try await readers.insert(ValueCard(VolatileMemory(content)))
            let hand = Hand(readers, virtual)
            var given = 0
            for after in [false, true] {
                for number in 1...Self.hostCommands {
                    given += 1
                    let reference = "order \(given)"
                    nonisolated(unsafe) let pulled = try await hand.reach(willBePulled: true)
                    await station.insert(pulled)
                    arm(pulled, number, after)
                    await #expect(throws: HostError.self, "\(number) \(after)") {
                        try await onOwnThread {
                            try client.storeCredit(
                                Self.credit, for: .gas, in: Self.euro, over: line, reference: reference)
                        }
                    }
                    try #require(pulled.hasDropped)
                    nonisolated(unsafe) let whole = try await hand.reach()
                    await station.insert(whole)
                    let result = try await onOwnThread {
                        try client.storeCredit(Self.credit, for: .gas, in: Self.euro, over: line, reference: reference)
                    }
                    guard case .done = result.outcome else {
                        Issue.record("\(result)")
                        continue
                    }
                    let shown = try #require(await station.display().last?.last)
                    #expect(shown.hasSuffix(" \(given * 20).00"), "\(shown)")
                }
            }
            for after in [false, true] {
                for number in 1...Self.meterCommands {
                    nonisolated(unsafe) let pulled = try await hand.reach(willBePulled: true)
                    arm(pulled, number, after)
                    await #expect(throws: MeterError.self, "\(number) \(after)") {
                        try await onOwnThread { try gasMeter.redeem(from: pulled, Amount(rawValue: 1_000_000)) }
                    }
                    try #require(pulled.hasDropped)
                    nonisolated(unsafe) let whole = try await hand.reach()
                    _ = try await onOwnThread { try gasMeter.redeem(from: whole, Amount(rawValue: 1_000_000)) }
                }
            }
            nonisolated(unsafe) let last = try await hand.reach()
            let redemption = try await onOwnThread { try gasMeter.redeem(from: last) }
            #expect(redemption.cardBalance == .zero)
            #expect(redemption.meterBalance.rawValue == UInt64(given) * Self.credit.rawValue)
            await virtual.remove()
        }
        station.stop()
    }
}

/// Inserts one card into a reader, and again after it was pulled out.
private final class Hand {
    private let readers: VirtualReaders
    private let card: VirtualReaderCard
    private var isIn = true
    private var last: Card?

    init(_ readers: VirtualReaders, _ card: VirtualReaderCard) {
        self.readers = readers
        self.card = card
    }

    /// - Parameter willBePulled: whether the card is pulled when a message is lost.
    func reach(willBePulled: Bool = false) async throws -> FaultyChannel {
        // A connection that is closed later would reset the card during the next one.
        if isIn { try await last?.disconnect() } else { try await readers.insert(card) }
        isIn = !willBePulled
        let connection = try await readers.connect()
        last = connection
        let channel = FaultyChannel(
            BlockingChannel(connection, timeout: .seconds(3_600)), plan: FaultPlan(), staysDown: true,
            code: .cardRemoved)
        channel.onFault = { [card] _ in
            let done = DispatchSemaphore(value: 0)
            Task {
                await card.remove()
                done.signal()
            }
            done.wait()
        }
        return channel
    }
}

/// Has a channel lose a message of its next exchanges, counted from 1: the command, or the answer.
private func arm(_ channel: FaultyChannel, _ number: Int, _ after: Bool) {
    channel.plan.fault = .loses(after ? .answer : .command, of: channel.exchanges + number - 1)
}
