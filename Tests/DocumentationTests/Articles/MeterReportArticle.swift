import Analysis
import HeadEnd
import ValueProtocol

func report(of meter: PartyID, at host: HostContext) throws -> String {
    let report = MeterReport(try host.meterRecords(of: meter), localOffset: 60)
    print("an average day, in \(report.smallUnit):", report.averageDay)
    return report.charts.svg
}
