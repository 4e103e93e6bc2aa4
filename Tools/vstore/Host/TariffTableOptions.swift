import ArgumentParser
import HeadEnd
import Meter
import ValueProtocol

/// A tariff table, as it is written on the command line.
struct TariffTableOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("The table's number.", valueName: "0-65535"),
        transform: WholeNumber.tableNumber)
    var id: UInt16

    @Option(
        name: .long, help: ArgumentHelp("The price per kWh or m3 at 100 percent.", valueName: "amount"),
        transform: Amount.argument)
    var price: Amount

    @Option(
        name: .long, help: ArgumentHelp("The currency of the meters' purses.", valueName: "currency"),
        transform: Currency.argument)
    var currency: Currency

    @Option(
        name: .long, help: ArgumentHelp("A switch of the rate; may be repeated.", valueName: "days@hh:mm=percent"),
        transform: TariffTableOptions.entry)
    var rate: [TariffTable.Entry] = []

    func validate() throws {
        guard rate.count <= TariffTable.maxEntryCount else {
            throw ValidationError("A table has at most \(TariffTable.maxEntryCount) switches.")
        }
    }

    func table() throws -> TariffTable {
        guard let table = TariffTable(id: id, price: price, currency: currency, entries: rate) else {
            throw Failure(.usage, "A table has at most \(TariffTable.maxEntryCount) switches.")
        }
        return table
    }

    private static func entry(_ text: String) throws -> TariffTable.Entry {
        do throws(TariffEntryError) {
            return try TariffTable.Entry(parsing: text)
        } catch {
            // Days that pass the end of the week have a right form that can be shown.
            let fault = error.code == .wrongDays ? CalendarFault.days(error.subject) : nil
            throw ValidationError(fault ?? explained(error))
        }
    }
}
