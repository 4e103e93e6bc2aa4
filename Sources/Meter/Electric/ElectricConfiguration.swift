internal import ValueElement
public import ValueProtocol

/// The configuration of an electric meter at manufacture.
public struct ElectricConfiguration: Sendable, Hashable {
    /// Sources that are measured and switched separately: 1 to 8.
    public var channels: Int
    /// Micro-units per kWh until a tariff table is loaded.
    public var price: Amount
    public var calendar: LocalCalendar
    public var rules: CreditRules
    public var angleRates: AngleRates
    /// W above which a channel is opened temporarily, for each channel; 0 for no limit, empty for no limits at all.
    public var limits: [UInt32]
    /// What energy from a load to the line is.
    public var reversal: Reversal

    /// What it means where energy comes from a load.
    public enum Reversal: UInt8, Sendable, Hashable, CaseIterable {
        /// A fault: it is an event, and is counted apart.
        case marked = 0
        /// A fault, as reversed leads are: it is an event, and is counted and charged as if it came from the line.
        case charged = 1
        /// The installation has a generator: it is counted apart.
        case fedIn = 2
    }

    /// Seconds for which an overloaded channel stays open.
    public static let overloadPause: UInt32 = 300
    /// Seconds for which less than the rules' limit has to be drawn before supply returns (protocol §10, object `AC`).
    public static let limitPause: UInt32 = 60

    /// - Parameters:
    ///   - channels: 1 to 8.
    ///   - price: micro-units per kWh.
    ///   - calendar: of the location.
    ///   - rules: of the supplier.
    ///   - angleRates: percent of the rate by the angle between voltage and current.
    ///   - limits: W of each channel; 0 for none.
    ///   - reversal: what energy from a load to the line is.
    public init(
        channels: Int = 1, price: Amount, calendar: LocalCalendar = LocalCalendar(), rules: CreditRules,
        angleRates: AngleRates = AngleRates(), limits: [UInt32] = [], reversal: Reversal = .marked
    ) {
        precondition(limits.count <= channels && angleRates.bands.count <= 16, "limits are of channels; bands are few")
        precondition((1...8).contains(channels), "a meter has 1 to 8 channels")
        self.channels = channels
        self.price = price
        self.calendar = calendar
        self.rules = rules
        self.angleRates = angleRates
        self.limits = limits
        self.reversal = reversal
    }

    /// As the terms of use need it: microjoules are charged.
    var chargedMeter: ChargeTerms.Meter {
        ChargeTerms.Meter(
            price: price, calendar: calendar, channels: channels, unitsPerThousand: 3_600_000_000_000, hasAngle: true)
    }

    static let record = RecordName(0x0302)
    private static let version: UInt8 = 3

    var change: RecordChange {
        var bytes: [UInt8] = [ElectricConfiguration.version, UInt8(channels)]
        for amount in [price, rules.token, rules.lowCredit, rules.emergency] {
            bytes.append(bigEndian: amount.rawValue)
        }
        bytes.append(rules.cutsWhenTampered ? 1 : 0)
        bytes.append(bigEndian: UInt16(bitPattern: calendar.offset))
        bytes.append(bigEndian: UInt16(rules.friendly.windows.count))
        for window in rules.friendly.windows {
            bytes.append(window.days)
            bytes.append(bigEndian: UInt16(window.from))
            bytes.append(bigEndian: UInt16(window.to))
        }
        let holidays = calendar.holidays.map(\.bytes).sorted { $0.lexicographicallyPrecedes($1) }
        bytes.append(bigEndian: UInt16(holidays.count))
        for holiday in holidays { bytes += holiday }
        bytes.append(UInt8(angleRates.bands.count))
        for band in angleRates.bands {
            bytes.append(bigEndian: UInt16(bitPattern: Int16(band.from)))
            bytes.append(bigEndian: UInt16(bitPattern: Int16(band.to)))
            bytes.append(bigEndian: band.percent)
        }
        bytes.append(UInt8(limits.count))
        for limit in limits { bytes.append(bigEndian: limit) }
        bytes.append(reversal.rawValue)
        return RecordChange(ElectricConfiguration.record, bytes)
    }

    /// Nil if the record is missing or damaged.
    init?(_ bytes: [UInt8]?) {
        guard let bytes else { return nil }
        var reader = ByteReader(bytes.span)
        // Version 1 ended with the holidays, version 2 with the limits.
        let version = reader.readByte()
        guard (1...ElectricConfiguration.version).contains(version) else { return nil }
        let channels = Int(reader.readByte())
        let price = Amount(rawValue: reader.read())
        let token = Amount(rawValue: reader.read())
        let lowCredit = Amount(rawValue: reader.read())
        let emergency = Amount(rawValue: reader.read())
        let cutsWhenTampered = reader.readByte() == 1
        let offset = Int16(bitPattern: reader.read())
        var windows: [FriendlyCredit.Window] = []
        for _ in 0..<reader.read(UInt16.self) {
            let days = reader.readByte()
            let from: UInt16 = reader.read()
            let to: UInt16 = reader.read()
            guard let window = FriendlyCredit.Window(days: days, from: Int(from), to: Int(to)) else { return nil }
            windows.append(window)
        }
        var holidays: Set<LocalCalendar.Holiday> = []
        for _ in 0..<reader.read(UInt16.self) {
            let year: UInt16 = reader.read()
            let month = reader.readByte()
            let day = reader.readByte()
            guard let holiday = LocalCalendar.Holiday(year: Int(year), month: Int(month), day: Int(day)) else {
                return nil
            }
            holidays.insert(holiday)
        }
        var bands: [AngleRates.Band] = []
        var limits: [UInt32] = []
        if version >= 2 {
            for _ in 0..<reader.readByte() {
                let from = Int16(bitPattern: reader.read())
                let to = Int16(bitPattern: reader.read())
                guard let band = AngleRates.Band(from: Int(from), to: Int(to), percent: reader.read()) else {
                    return nil
                }
                bands.append(band)
            }
            for _ in 0..<reader.readByte() { limits.append(reader.read()) }
        }
        guard let reversal = Reversal(rawValue: version >= 3 ? reader.readByte() : 0) else { return nil }
        guard bands.count <= 16, limits.count <= channels, reader.isFinished, (1...8).contains(channels), token > .zero
        else { return nil }
        self.init(
            channels: channels, price: price, calendar: LocalCalendar(offset: offset, holidays: holidays),
            rules: CreditRules(
                token: token, lowCredit: lowCredit, emergency: emergency, friendly: FriendlyCredit(windows: windows),
                cutsWhenTampered: cutsWhenTampered), angleRates: AngleRates(bands: bands), limits: limits,
            reversal: reversal)
    }
}

extension LocalCalendar.Holiday {
    /// `year u16, 0 for every year ‖ month u8 ‖ day u8`
    fileprivate var bytes: [UInt8] {
        var bytes: [UInt8] = []
        switch self {
        case .yearly(let month, let day):
            bytes.append(bigEndian: 0 as UInt16)
            bytes += [UInt8(month), UInt8(day)]
        case .once(let date):
            bytes.append(bigEndian: UInt16(clamping: date.year))
            bytes += [UInt8(date.month), UInt8(date.day)]
        }
        return bytes
    }

    fileprivate init?(year: Int, month: Int, day: Int) {
        if year == 0 {
            self = .yearly(month: month, day: day)
        } else if let date = CivilDate(year: year, month: month, day: day) {
            self = .once(date)
        } else {
            return nil
        }
    }
}
