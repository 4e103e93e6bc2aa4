import HeadEnd
import Meter
import Records
import RecordsSQLite
import ValueElement
import ValueProtocol

extension Story {
    /// The totals of host, card and meters are compared.
    func closeBooks() throws {
        narrator.begin("7. The books")
        var rows = [["service", "bought", "stored", "on card", "in meter", "delivered", "difference"]]
        let books = try records.books(of: Cast.card)
        for service in [UtilityService.gas, .water, .heat] {
            let onCard = try client().balance(of: service, over: stage.subscriberCard).amount
            guard let reading = meters[service]?.reading, let inMeter = reading.purse?.balance,
                let book = books.first(where: { $0.service == service })
            else { throw StoryError("there are books of \(service)") }
            let paid = bought[service] ?? .zero
            let sum = onCard.rawValue + inMeter.rawValue + reading.spent.rawValue
            let difference = Int64(paid.rawValue) - Int64(sum)
            rows.append(
                [
                    "\(service)", "\(paid)", "\(book.stored)", "\(onCard)", "\(inMeter)", "\(reading.spent)",
                    "\(difference)",
                ])
            try require(difference == 0 && book.stored == paid, "the books of \(service) add up to the last micro-unit")
        }
        narrator.table(rows)
        let collected = try client().collectMeterStatus(over: stage.subscriberCard)
        narrator.report("the card returned the status of \(collected.count) meters")
        let entries = try records.verify()
        try require(try records.differences().isEmpty, "the ledger explains what card and meters reported")
        narrator.report("the host's audit trail holds, \(entries) entries; every difference is 0 micro-units")
    }
}
