import Analysis
import HeadEnd
import Meter
import Records
import ValueProtocol

func report(of meter: PartyID, at host: HostContext) throws -> String {
    let report = MeterReport(try host.meterRecords(of: meter), localOffset: 60)
    print("an average day, in \(report.smallUnit):", report.averageDay)
    return report.charts.svg
}

func trial(of table: TariffTable, on meter: PartyID, at host: HostContext) throws {
    let hours = try host.records.use(of: meter, .hours)
    let trial = TariffTrial(meter, hours, under: table, LocalCalendar(offset: 60))
    print(trial.spent, trial.cost.map { "\($0)" } ?? "too much", trial.change ?? 0)
}
