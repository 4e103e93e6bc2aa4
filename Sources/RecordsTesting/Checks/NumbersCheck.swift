import Ledger
import Records
import ValueProtocol

extension Trial {
    func checkNumbers() throws {
        let store = try opened()
        try checkLargest(in: store)
        try checkSums(in: store)
        try checkUsedUp(in: store)
        try store.verify(against: [])
        try keeps(store)
    }

    private func checkLargest(in store: any RecordStore) throws {
        let eid = card(1)
        // The most that the ledger moves at once.
        let most = UInt64(Int64.max)
        let last = UInt32.max
        try declines(
            request(most + 1), of: eid, at: last, as: .declined(.books(.amountTooLarge)),
            "an order of more than 63 bits", in: store)
        let open = try begin(request(most), of: eid, at: last, in: store)
        let done = try store.conclude(open, as: .done, balance: micro(.max), at: at(last))
        try contact(eid, last, KeyName(.transfer, .max), in: store)
        try store.recordStatus(
            AskStatus.Answer(nt: last, found: false, amount: .zero, balance: micro(most)),
            of: UtilityService(rawValue: .max),
            on: eid, at: at(last))
        let purse = Bind(
            service: UtilityService(rawValue: .max), currency: Currency(rawValue: .max), limit: micro(.max),
            meter: meter(1),
            version: .max)
        try store.recordPurses([purse], of: eid, at: at(last))
        let hours = [0, last / 86_400 * 86_400, last].map {
            UsageRecord(start: at($0), quantity: .max, spent: micro(.max))
        }
        try equal(try store.record(hours, .hours, of: eid, at: at(last)), 3, "how many hours are new")
        let events = [0, last].map { EventRecord(time: at($0), codeNumber: .max, value: .max) }
        try equal(try store.record(events, of: eid, at: at(last)), events, "the new events")
        let number = try store.beginSettingClock(to: at(last), of: eid, at: at(last))
        try store.endSettingClock(number, of: eid, before: at(last))
        let report = MeterStatusRecord(
            service: UtilityService(rawValue: .max), meter: eid, nt: last, time: at(last), status: [.max])
        try equal(try store.record([report], from: card(2), at: at(last)), [report], "the new report")
        try store.recordReading(upTo: at(last), of: eid)

        for store in [store, try opened()] {
            try equal(try store.transactions(of: eid), [done], "a transaction of \(micro(most)) at the last time")
            try equal(try store.lastNT(of: eid), last, "the last NT")
            try equal(try store.highestVersion(of: .transfer, for: eid), .max, "the highest key version")
            let balances = [UtilityService.gas: UInt64.max, UtilityService(rawValue: .max): most]
            let found = try store.balances(of: eid).map { ($0.service, $0.amount.rawValue) }
            try equal(Dictionary(uniqueKeysWithValues: found), balances, "the balances")
            try equal(try store.purses(of: eid), [purse], "the purse")
            try equal(try store.use(of: eid, .hours), hours, "hours with the largest numbers")
            try equal(try store.use(of: eid, .hours, from: at(last), to: at(last)), [hours[2]], "the last hour")
            try equal(try store.events(of: eid), events, "events with the largest numbers")
            let clock = ClockRecord(time: at(last), clock: at(last), target: at(last))
            try equal(try store.clocks(of: eid), [clock], "the last clock")
            try equal(try store.meterStatus(of: eid), [report], "a report with the largest numbers")
            try equal(try store.readingStart(.events, of: eid), at(last - 86_400), "where events are read from")
            var days = 0
            try store.forEachMeter(with: .hours, onDay: last / 86_400) { _, records in days += records.count }
            try equal(days, 2, "hours of the last day")
        }
    }

    /// Sums above 63 bits are refused before anything is sent.
    private func checkSums(in store: any RecordStore) throws {
        let eid = card(3)
        let half = UInt64(Int64.max) / 2 + 1
        try settle(request(half, .gas, franc), of: eid, balance: half, in: store)
        for amount in [half, half + 1, UInt64(Int64.max)] {
            try declines(
                request(amount, .gas, franc), of: eid, highest: 1, as: .declined(.books(.overLimit)),
                "an order of \(amount) where the purse holds \(half)", in: store)
        }
        let open = try settle(request(half - 1, .gas, franc), of: eid, as: .needsManualResolution, in: store)
        try equal(try resolve(open, applied: true, in: store).state, .done, "the most, applied")
        try equal(try store.books(of: eid).map(\.stored.rawValue), [UInt64(Int64.max)], "the most that a purse holds")
    }

    private func checkUsedUp(in store: any RecordStore) throws {
        let eid = card(4)
        let used = card(5)
        _ = try store.acceptNumbers(upTo: HostTransaction(rawValue: .max), of: used, at: at(1))
        try refuses(.numbersUsedUp, "an order where the element has applied the highest HTXN", in: store) {
            try ask(request(1), of: used, highest: .max, in: store)
        }
        let high = UInt64(Int64.max) - 1
        let last = try begin(request(1), of: eid, highest: high, in: store)
        try require(last.htxn.rawValue > high, "expected an HTXN above \(high), found \(last.htxn)")
        let done = try store.conclude(last, as: .done, balance: micro(1), at: at(1))
        for store in [store, try opened()] {
            try equal(try store.transactions(of: eid), [done], "the transaction with the highest number")
            try equal(try store.transaction(last.htxn, of: eid), done, "the same, by its number")
        }
        try hasReceipt(done, in: store)
        // A store that has numbers of 64 bits goes on; one that has not says so.
        let all: [CreditTransaction]
        do {
            all = [done, try begin(request(1), of: eid, highest: UInt64(Int64.max), in: store)]
        } catch let error as HostError {
            try equal(error.code, .numbersUsedUp, "the error of an order after HTXN \(Int64.max)")
            all = [done]
        }
        try equal(try store.transactions(of: eid), all, "the transactions after HTXN \(Int64.max), by HTXN")
    }
}
