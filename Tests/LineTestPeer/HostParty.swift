import Foundation
import HeadEnd
import PowerLine
import Records
import RecordsSQLite
import TestSupport
import ValueProtocol

/// The host's process: it carries out orders one after the other, each again until it is done.
struct HostParty {
    let records: RecordFile
    let client: ElementClient
    let channel: MeterLineChannel
    let seed: UInt64

    init(records path: String, port: UInt16, seed: UInt64) throws {
        let keys = try LineTestPeer.keys()
        records = try RecordFile.open(at: path, auditKey: nil)
        client = ElementClient(records: records, authority: try keys.authority(register: records))
        channel = MeterLineChannel(
            .tcp(host: "127.0.0.1", port: port), of: LineTestPeer.meter, timeout: .seconds(3_600),
            repeatAfter: .milliseconds(50))
        self.seed = seed
    }

    /// Prints `done N KIND …` after each.
    func work(from first: Int, to end: Int) throws {
        for number in first..<end {
            while true {
                do throws(HostError) {
                    say("done \(number) \(try carryOut(number))")
                    break
                } catch {
                    // After any error, the same order once more.
                    say("again \(number) \(error.code)")
                }
            }
        }
        say("over")
    }

    private func carryOut(_ number: Int) throws(HostError) -> String {
        // The same in every process that is given the order.
        var random = SeededGenerator(seed: seed &+ UInt64(number))
        let amount = Amount(rawValue: UInt64.random(in: 1...1 << 20, using: &random))
        let reference = "order \(number)"
        switch number % 10 {
        case 0, 2, 4, 5, 7:
            let result = try client.storeCredit(
                amount, for: .electricity, in: LineTestPeer.euro, over: channel, reference: reference)
            return "credit \(amount.rawValue) \(result.isDone)"
        case 3:
            let result = try client.refund(
                amount, for: .electricity, in: LineTestPeer.euro, over: channel, reference: reference)
            return "refund \(amount.rawValue) \(result.isDone)"
        case 1, 8:
            let price = Amount(rawValue: 100_000 + UInt64(number))
            guard let table = TariffTable(id: UInt16(number), price: price, currency: LineTestPeer.euro) else {
                return "no table"
            }
            // The time is part of the order: the same at every attempt.
            let result = try client.convertTariff(
                to: table, effective: Timestamp(rawValue: 1), over: channel, reference: reference)
            return "tariff \(price.rawValue) \(result.isDone)"
        case 6:
            _ = try client.readUse(over: channel)
            return "use"
        default:
            _ = try client.snapshot(over: channel)
            return "status"
        }
    }
}

extension CreditResult {
    fileprivate var isDone: Bool {
        if case .done = outcome { true } else { false }
    }
}
