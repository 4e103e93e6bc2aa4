import Analysis
import HeadEnd
import Meter
import Records
import ValueProtocol

func trial(of table: TariffTable, on meter: PartyID, at host: HostContext) throws {
    let hours = try host.records.use(of: meter, .hours)
    let trial = TariffTrial(meter, hours, under: table, LocalCalendar(offset: 60))
    print(trial.spent, trial.cost.map { "\($0)" } ?? "too much", trial.change ?? 0)
}
