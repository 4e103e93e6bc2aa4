import Analysis
import ValueProtocol

func watch(_ records: BranchRecords, ratedPower: Double) {
    guard var analysis = BranchAnalysis(records, BranchSettings(ratedPower: ratedPower)) else { return }
    while analysis.advance() {
        for suspicion in analysis.suspicions { print(suspicion.sentences.joined(separator: " ")) }
    }
    for day in analysis.balance.days { print(day.start, day.learnedDifference, "±", day.learnedError, "Wh") }
    print(ChartSheet(title: "Balance", charts: [analysis.chart()]).svg)
}
