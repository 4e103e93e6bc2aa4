internal import Metrology
public import ValueProtocol

/// What was used at one rate since manufacture, on all channels.
public struct RateRegister: Sendable, Hashable {
    /// 1 to 16, as rules name it (protocol §10); use under a tariff table is rate 1.
    public let rate: UInt8
    /// Microjoules.
    public internal(set) var microjoules: UInt64
    /// What it cost.
    public internal(set) var spent: Amount

    package init(rate: UInt8, microjoules: UInt64, spent: Amount) {
        self.rate = rate
        self.microjoules = microjoules
        self.spent = spent
    }
}

/// Quantity and money for each rate (protocol §10, object `A7`).
struct RateRegisters: Equatable {
    /// Of rates with any use, ascending.
    private(set) var registers: [RateRegister] = []

    mutating func add(_ microjoules: UInt64, _ amount: Amount, rate: UInt8) {
        guard microjoules > 0 || amount > .zero else { return }
        let index = registers.firstIndex { $0.rate >= rate } ?? registers.endIndex
        if index == registers.endIndex || registers[index].rate != rate {
            registers.insert(RateRegister(rate: rate, microjoules: 0, spent: .zero), at: index)
        }
        let (sum, overflow) = registers[index].microjoules.addingReportingOverflow(microjoules)
        registers[index].microjoules = overflow ? .max : sum
        registers[index].spent = registers[index].spent.addingUpToMost(amount)
    }

    init() {}

    /// `count u8 ‖ count × (rate u8 ‖ microjoules u64 ‖ spent u64)`
    func append(to bytes: inout [UInt8]) {
        bytes.append(UInt8(registers.count))
        for register in registers {
            bytes.append(register.rate)
            bytes.append(bigEndian: register.microjoules)
            bytes.append(bigEndian: register.spent.rawValue)
        }
    }

    @_lifetime(reader: copy reader)
    init(from reader: inout ByteReader) {
        for _ in 0..<reader.readByte() {
            registers.append(
                RateRegister(
                    rate: reader.readByte(), microjoules: reader.read(), spent: Amount(rawValue: reader.read())))
        }
    }
}
