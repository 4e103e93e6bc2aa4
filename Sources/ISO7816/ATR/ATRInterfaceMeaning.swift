/// What TAi, TBi and TCi mean, in words (ISO/IEC 7816-3, 8.3, 10.2 and 11.4).
///
/// Times are given at 4 MHz, a common reader clock, and at the card's maximum frequency.
extension AnswerToReset {
    private static let usualFrequency = 4_000

    func meaningOfTA(on index: Int) -> [String] {
        let byte = levels[index].ta ?? 0
        switch (index, levels[index].protocolNumber) {
        case (0, _): return speedMeaning
        case (1, _): return specificModeMeaning
        case (_, 15) where isFirst(index, \.ta):
            return ["clock stop: \(clockStop.meaning)", operatingClasses.meaning]
        case (_, 1) where isFirst(index, \.ta):
            return [
                (1...254).contains(byte)
                    ? "IFSC: the card takes up to \(byte) bytes in a block" : "IFSC \(byte) is reserved for future use"
            ]
        default: return [Self.unassigned(levels[index])]
        }
    }

    func meaningOfTB(on index: Int) -> [String] {
        let byte = levels[index].tb ?? 0
        switch (index, levels[index].protocolNumber) {
        case (0, _):
            let current = [25, 50, 100][safely: Int(byte >> 5 & 3)].map { "\($0) mA" } ?? "a reserved value"
            return byte & 0x1F == 0
                ? ["VPP is not connected"]
                : ["programming voltage \(byte & 0x1F) V, at most \(current); deprecated, readers ignore it"]
        case (1, _):
            return ["programming voltage \(thousandths(Int(byte) * 100)) V; deprecated, readers ignore it"]
        case (_, 15) where isFirst(index, \.tb):
            return [
                byte == 0
                    ? "the contact SPU (C6) is not used"
                    : "the contact SPU (C6) has a \(byte & 0x80 == 0 ? "standard" : "proprietary") use"
            ]
        case (_, 1) where isFirst(index, \.tb):
            let character = times { characterWaitingTime(atKilohertz: $0) }
            let block = times { blockWaitingTime(atKilohertz: $0) }
            return [
                "BWI \(blockWaitingInteger): a block comes within \(block ?? "a time that is reserved for future use")",
                "CWI \(characterWaitingInteger): bytes of a block come within \(character ?? "a time that Fi and Di leave open")",
            ]
        default: return [Self.unassigned(levels[index])]
        }
    }

    func meaningOfTC(on index: Int) -> [String] {
        let byte = levels[index].tc ?? 0
        switch (index, levels[index].protocolNumber) {
        case (0, _):
            if byte == 255 { return ["N 255: the minimum guard time, 12 etu with T=0 and 11 etu with T=1"] }
            return ["N \(byte): guard time \(guardTime(ofProtocol: 0)) etu between bytes to the card"]
        case (1, _):
            if byte == 0 { return ["WI 0 is reserved for future use"] }
            let time = times { waitingTime(atKilohertz: $0) }
            return ["WI \(byte): with T=0 a byte comes within \(time ?? "a time that Fi leaves open")"]
        case (_, 1) where isFirst(index, \.tc):
            let reserved = byte & 0xFE == 0 ? [] : ["bits 2 to 8 are reserved for future use and not zero"]
            return [blockCheck == .crc ? "blocks are checked by a CRC" : "blocks are checked by an LRC"] + reserved
        default: return [Self.unassigned(levels[index])]
        }
    }

    private var speedMeaning: [String] {
        let rate = clockRateConversion.map {
            "Fi \($0.integer), f(max) \(thousandths($0.maximumFrequency)) MHz"
        }
        let adjustment = baudRateAdjustment.map { "Di \($0)" }
        var meaning = [rate ?? "Fi is reserved for future use", adjustment ?? "Di is reserved for future use"]
        if let rate = clockRateConversion, let adjustment = baudRateAdjustment,
            let usual = bitRate(atKilohertz: Self.usualFrequency),
            let highest = bitRate(atKilohertz: rate.maximumFrequency)
        {
            meaning.append("1 etu is \(thousandths(rate.integer * 1_000 / adjustment)) clock periods")
            meaning.append("\(usual) bit/s at 4 MHz, \(highest) bit/s at f(max)")
        }
        return meaning
    }

    private var specificModeMeaning: [String] {
        guard let mode = specificMode else { return [] }
        return [
            "specific mode: T=\(mode.protocolNumber) without negotiation",
            mode.canChange ? "a warm reset may lead to another mode" : "the mode cannot be changed",
            mode.usesOfferedSpeed ? "F and D are those of TA1" : "F and D are implicit, the reader must know them",
        ]
    }

    /// A time at 4 MHz and at f(max).
    private func times(_ time: (Int) -> Duration?) -> String? {
        guard let usual = time(Self.usualFrequency) else { return nil }
        guard let highest = clockRateConversion?.maximumFrequency, highest != Self.usualFrequency,
            let quick = time(highest)
        else { return "\(usual.readable) at 4 MHz" }
        return "\(usual.readable) at 4 MHz, \(quick.readable) at f(max)"
    }

    /// Whether a byte is the first of its kind above the second level for its T.
    private func isFirst(_ index: Int, _ byte: KeyPath<ATRInterfaceBytes, UInt8?>) -> Bool {
        let number = levels[index].protocolNumber
        return !levels[2..<index].contains { $0.protocolNumber == number && $0[keyPath: byte] != nil }
    }

    private static func unassigned(_ level: ATRInterfaceBytes) -> String {
        "for T=\(level.protocolNumber ?? 0), reserved for future use"
    }
}

extension AnswerToReset.ClockStop {
    var meaning: String {
        switch self {
        case .notSupported: "not supported"
        case .low: "in the low state"
        case .high: "in the high state"
        case .either: "in either state"
        }
    }
}

extension AnswerToReset.OperatingClasses {
    /// The classes with their supplies, and any other bits that are set.
    var meaning: String {
        var names: [String] = []
        if contains(.fiveVolts) { names.append("A (5 V)") }
        if contains(.threeVolts) { names.append("B (3 V)") }
        if contains(.oneEightVolts) { names.append("C (1.8 V)") }
        if rawValue & 0xF8 != 0 { names.append("reserved (\(hexadecimal(rawValue & 0xF8)))") }
        return names.isEmpty ? "no operating class" : "operating class \(names.joined(separator: ", "))"
    }
}

extension Array {
    /// The element at `index`, nil where there is none.
    fileprivate subscript(safely index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
