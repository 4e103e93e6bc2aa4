import ArgumentParser
import HeadEnd
import Meter
import Records
import ValueProtocol

struct HostCalendar: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar", abstract: "Keep a meter's local time and holidays, or show them.",
        discussion: """
            A meter does not tell them; host tariff --try takes them from here. Options replace what was kept.

              vstore host calendar 00A1B2C3-01-000077 --local-offset 60 --holiday 12-25
              vstore host calendar 00A1B2C3-01-000077
            """)

    @Argument(help: ArgumentHelp("The meter.", valueName: "eid"), transform: PartyID.argument)
    var meter: PartyID

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Minutes that local time is ahead of UTC; behind it, they are negative: -210.", valueName: "minutes"),
        transform: WholeNumber.localOffset)
    var localOffset: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("A holiday: 2026-12-25, or 12-25 for every year; may be repeated.", valueName: "date"),
        transform: LocalCalendar.Holiday.argument)
    var holiday: [LocalCalendar.Holiday] = []

    @OptionGroup var hostOptions: HostOptions
    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard meter.kind.isMeter else { throw ValidationError("\(meter) is a \(meter.kind): it has no local time.") }
    }

    mutating func run() async throws {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: false)
        if localOffset != nil || !holiday.isEmpty {
            let known = try host.records.calendar(of: meter)
            let offset = localOffset.map { Int16($0) } ?? known?.offset ?? 0
            let holidays = holiday.isEmpty ? known?.holidays ?? [] : Set(holiday.map(\.kept))
            try host.records.setCalendar(
                MeterCalendar(offset: offset, holidays: holidays), of: meter, at: host.clock())
        }
        let calendar = try host.records.calendar(of: meter)
        let holidays = calendar?.holidays.sorted().map(\.text) ?? []
        common.console.output(
            [
                "eid": .text("\(meter)"), "localOffset": calendar.map { .number(Int($0.offset)) } ?? .null,
                "holidays": .list(holidays.map { .text($0) }),
            ],
            calendar.map {
                ["\(meter)  local time is \($0.offset) minutes ahead of UTC"]
                    + holidays.map { "\(meter)  holiday \($0)" }
            } ?? ["\(meter)  no local time is kept"])
    }
}

extension LocalCalendar {
    /// As it is kept in the records.
    init(_ kept: MeterCalendar) {
        self.init(
            offset: kept.offset,
            holidays: Set(
                kept.holidays.map { holiday in
                    let (month, day) = (Int(holiday.month), Int(holiday.day))
                    guard let year = holiday.year, let date = CivilDate(year: Int(year), month: month, day: day) else {
                        return .yearly(month: month, day: day)
                    }
                    return .once(date)
                }))
    }
}

extension LocalCalendar.Holiday {
    fileprivate var kept: MeterCalendar.Holiday {
        switch self {
        case .yearly(let month, let day): MeterCalendar.Holiday(year: nil, month: UInt8(month), day: UInt8(day))
        case .once(let date):
            MeterCalendar.Holiday(year: UInt16(date.year), month: UInt8(date.month), day: UInt8(date.day))
        }
    }
}

extension MeterCalendar.Holiday {
    /// As it is written on the command line.
    fileprivate var text: String {
        func digits(_ number: UInt8) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return (year.map { "\($0)-" } ?? "") + "\(digits(month))-\(digits(day))"
    }
}
