import ValueProtocol

extension RulesReader {
    func zone(_ node: TextNode) throws(SupplyRulesTextError) -> SupplyRules.Zone {
        let fields = try node.fields(["offset", "summerTime"])
        let offset = try fields.required("offset")
        places[SupplyRulesField(.zone, nil, .offset)] = offset
        let zone = SupplyRules.Zone(offset: try offset.hours(from: -840, to: 840))
        guard let summer = fields["summerTime"] else { return zone }
        let parts = try summer.fields(["shift", "begins", "ends"])
        let (begins, ends) = (try parts.required("begins"), try parts.required("ends"))
        places[SupplyRulesField(.summerEnd)] = ends
        return SupplyRules.Zone(
            offset: zone.offset,
            summer: SupplyRules.SummerTime(
                shift: try parts.required("shift").hours(from: -180, to: 180), first: try moment(begins),
                last: try moment(ends)))
    }

    private func moment(_ node: TextNode) throws(SupplyRulesTextError) -> SupplyRules.YearlyMoment {
        let fields = try node.fields(["month", "week", "weekday", "time"])
        let week = try fields.required("week").value("1, 2, 3, 4 or last") { text -> UInt8? in
            text == "last" ? 5 : UInt8(text).flatMap { (1...4).contains($0) ? $0 : nil }
        }
        let weekday = try fields.required("weekday").value("a weekday from mon to sun") { text in
            Days.names.firstIndex(of: text).map { UInt8($0) }
        }
        return SupplyRules.YearlyMoment(
            month: try fields.required("month").number(1...12), week: week, weekday: weekday,
            minute: try fields.required("time").minute(below: 1440))
    }

    func holiday(_ node: TextNode) throws(SupplyRulesTextError) -> SupplyRules.Holiday {
        try node.value("a date such as 12-25, or 2026-04-03 for one year") { text in
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 3 else {
                return TextDate(text).map { SupplyRules.Holiday(month: $0.month, day: $0.day) }
            }
            return CivilDate(text).flatMap { date in
                date.year == 0
                    ? nil
                    : SupplyRules.Holiday(month: UInt8(date.month), day: UInt8(date.day), year: UInt16(date.year))
            }
        }
    }

    func season(_ node: TextNode, _ index: Int) throws(SupplyRulesTextError) -> SupplyRules.Season {
        let fields = try node.fields(["begins", "days"])
        let begins = try fields.required("begins")
        places[SupplyRulesField(.season, index, .date)] = begins
        let date = try begins.value("a month and day such as 04-01") { TextDate($0) }
        let days = try fields.required("days")
        places[SupplyRulesField(.season, index, .profiles)] = days
        var profiles: [UInt8?] = Array(repeating: nil, count: 8)
        for (name, value) in try days.pairs() {
            let bits = try name.value("days such as mon-fri, sat or holiday", Days.bits)
            let number = try value.number(0...UInt8.max)
            for day in 0..<8 where bits & 1 << UInt8(day) != 0 {
                guard profiles[day] == nil else { throw name.error(.wrongValue, allowed: "each day once") }
                profiles[day] = number
                places[SupplyRulesField(.season, index, .profiles, entry: day)] = value
            }
        }
        if let missing = profiles.firstIndex(of: nil) {
            throw days.error(.missingField, allowed: "each day once; \(Days.name(of: missing)) has no profile")
        }
        return SupplyRules.Season(month: date.month, day: date.day, profiles: profiles.compactMap { $0 })
    }

    func profile(_ node: TextNode, _ index: Int) throws(SupplyRulesTextError) -> SupplyRules.DayProfile {
        let fields = try node.fields(["number", "rates"])
        let number = try fields.required("number")
        places[SupplyRulesField(.profile, index, .number)] = number
        let rates = try fields.required("rates")
        places[SupplyRulesField(.profile, index, .entries)] = rates
        var entries: [SupplyRules.DayProfile.Entry] = []
        for item in try rates.list() {
            let parts = try item.fields(["from", "rate"])
            let (from, rate) = (try parts.required("from"), try parts.required("rate"))
            places[SupplyRulesField(.profile, index, .minute, entry: entries.count)] = from
            places[SupplyRulesField(.profile, index, .rate, entry: entries.count)] = rate
            entries.append(
                SupplyRules.DayProfile.Entry(minute: try from.minute(below: 1440), rate: try rate.number(1...16)))
        }
        return SupplyRules.DayProfile(number: try number.number(0...UInt8.max), entries: entries)
    }

    func rate(_ node: TextNode, _ index: Int) throws(SupplyRulesTextError) -> SupplyRules.Rate {
        let fields = try node.fields(["number", "percent"])
        let number = try fields.required("number")
        places[SupplyRulesField(.rate, index, .number)] = number
        return SupplyRules.Rate(
            number: try number.number(1...16), percent: try fields.required("percent").number(0...1000))
    }

    func source(_ node: TextNode, _ index: Int) throws(SupplyRulesTextError) -> SupplyRules.Source {
        let fields = try node.fields(["channel", "price", "priceGivenBack"])
        let channel = try fields.required("channel")
        places[SupplyRulesField(.source, index, .channel)] = channel
        let price = try fields.required("price")
        places[SupplyRulesField(.source, index, .price)] = price
        places[SupplyRulesField(.source, index, .priceGivenBack)] = fields["priceGivenBack"]
        return SupplyRules.Source(
            channel: try channel.number(0...UInt8.max), price: try price.amount(),
            priceGivenBack: try fields["priceGivenBack"].map { node throws(SupplyRulesTextError) in
                try node.amount()
            })
    }

    func block(_ node: TextNode, _ index: Int) throws(SupplyRulesTextError) -> SupplyRules.Block {
        let fields = try node.fields(["above", "percent"])
        let above = try fields.required("above")
        places[SupplyRulesField(.block, index, .above)] = above
        return SupplyRules.Block(
            above: try above.number(0...UInt32.max), percent: try fields.required("percent").number(0...1000))
    }

    func standingCharge(_ node: TextNode) throws(SupplyRulesTextError) -> SupplyRules.StandingCharge {
        let fields = try node.fields(["amount", "per"])
        let period = try fields.required("per").value("day or month") { text -> SupplyRules.StandingCharge.Period? in
            switch text {
            case "day": .day
            case "month": .month
            default: nil
            }
        }
        return SupplyRules.StandingCharge(amount: try fields.required("amount").amount(), period: period)
    }

    func credit(_ node: TextNode) throws(SupplyRulesTextError) -> SupplyRules.CreditTerms {
        let fields = try node.fields(["emergency", "warningBelow", "friendlyTimes", "returnsByKey", "limit"])
        let times = try all(fields.list("friendlyTimes"), .friendlyTime) {
            node, _ throws(SupplyRulesTextError) in
            let parts = try node.fields(["days", "from", "to"])
            return SupplyRules.FriendlyTime(
                days: try parts.required("days").value("days such as mon-fri,holiday", Days.bits),
                from: try parts.required("from").minute(below: 1440), to: try parts.required("to").minute(below: 1441))
        }
        return SupplyRules.CreditTerms(
            emergency: try fields.required("emergency").amount(),
            warningBelow: try fields.required("warningBelow").amount(), friendlyTimes: times,
            returnsByKey: try fields["returnsByKey"].map { node throws(SupplyRulesTextError) in
                try node.value("true or false") { $0 == "true" ? true : $0 == "false" ? false : nil }
            } ?? false,
            limit: try fields["limit"].map { node throws(SupplyRulesTextError) in try node.number(0...UInt32.max) })
    }
}
