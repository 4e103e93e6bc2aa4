import CardCrypto
import ValueElement
import ValueProtocol

/// Valid plaintexts of operations for an element, with values chosen by the input.
enum Plaintexts {
    static func of(
        _ op: OperationCode, for image: ElementImage, _ suite: CipherSuite, from input: inout InputReader
    ) -> [UInt8] {
        switch op {
        case .storeCredit, .refund: return order(for: image, from: &input).bytes
        case .convertTariff: return tariff(for: image, from: &input)
        case .readUsage:
            return ReadUsage(
                time: time(&input), series: UsageSeries(rawValue: input.byte() % 8), from: time(&input),
                to: Timestamp(rawValue: .max), cursor: UInt16(input.byte())
            ).request
        case .status: return AskStatus(htxn: htxn(for: image, from: &input), service: service(&input)).request
        case .debit:
            let creditedNT = input.byte() & 3 == 0 ? UInt32(input.byte()) : image.slots.first?.nt ?? 0
            return Debit(
                creditedNT: creditedNT, currency: currency(&input), amount: amount(&input), time: time(&input),
                meterStatus: input.read(Int(input.byte() % 130))
            ).request
        case .putKey:
            let keys = (0...(input.byte() & 1)).map { _ in
                KeyName(Purpose.allCases[Int(input.byte() % 5)], input.byte() & 3)
            }
            return PutKeys.plaintext(keys.map { ($0, Scene.key($0)) }, suite)
        case .bind:
            let meters: [PartyID] = [.none, Scene.gasMeter, Scene.waterMeter]
            let meter = meters[Int(input.byte() % 3)]
            let version = meter == .none ? 0 : input.byte() & 3
            let bind = Bind(
                service: service(&input), currency: currency(&input), limit: amount(&input), meter: meter,
                version: version)
            return bind.plaintext(meter == .none ? nil : Secret(copying: Scene.kxBytes(version)), suite)
        case .setState: return SetState(LifeCycle(rawValue: input.byte() & 3) ?? .issued).request
        case .setClock: return SetClock(time(&input)).request
        }
    }

    static func order(for image: ElementImage, from input: inout InputReader) -> CreditOrder {
        CreditOrder(
            htxn: htxn(for: image, from: &input), service: service(&input), currency: currency(&input),
            amount: amount(&input), time: time(&input))
    }

    /// Near the highest one kept.
    private static func htxn(for image: ElementImage, from input: inout InputReader) -> HostTransaction {
        let highest = image.kept.last?.htxn.rawValue ?? 0
        return HostTransaction(
            rawValue: highest &+ 1 &+ UInt64(truncatingIfNeeded: Int(Int8(bitPattern: input.byte()))))
    }

    private static func service(_ input: inout InputReader) -> UtilityService {
        [.gas, .water, .heat, .float][Int(input.byte() & 3)]
    }

    private static func currency(_ input: inout InputReader) -> Currency {
        input.byte() & 7 == 7 ? Currency(rawValue: 1) : input.byte() & 1 == 0 ? Scene.euro : Scene.dollar
    }

    private static func amount(_ input: inout InputReader) -> Amount {
        switch input.byte() & 3 {
        case 0: .all
        case 1: Amount(rawValue: UInt64.max - UInt64(input.byte()))
        case 2: Amount(rawValue: UInt64(input.word()))
        default: Amount(rawValue: UInt64(input.byte()))
        }
    }

    private static func time(_ input: inout InputReader) -> Timestamp { Timestamp(rawValue: UInt32(input.word())) }

    private static func tariff(for image: ElementImage, from input: inout InputReader) -> [UInt8] {
        let table = TariffTable(id: UInt16(input.byte()), price: amount(&input), currency: currency(&input))
        guard let table else { return input.piece() }
        return ConvertTariff(
            htxn: htxn(for: image, from: &input), time: time(&input), effective: time(&input), table: table
        ).request
    }
}
