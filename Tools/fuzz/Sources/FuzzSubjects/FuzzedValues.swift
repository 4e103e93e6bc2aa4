import CardCrypto
import ValueElement
import ValueProtocol

/// The values of an operation's fields, chosen by the input: near those that an element accepts.
struct FuzzedValues: ExampleValues {
    let image: ElementImage
    var input: InputReader

    var eid: PartyID { image.eid }

    mutating func number(below limit: Int, default: Int) -> Int { Int(input.byte()) % limit }

    mutating func bytes(upTo count: Int, default: [UInt8]) -> [UInt8] { input.read(Int(input.byte()) % (count + 1)) }

    /// Near the highest one kept.
    mutating func transaction() -> HostTransaction {
        let highest = image.kept.last?.htxn.rawValue ?? 0
        return HostTransaction(
            rawValue: highest &+ 1 &+ UInt64(truncatingIfNeeded: Int(Int8(bitPattern: input.byte()))))
    }

    mutating func creditedNT() -> UInt32 {
        input.byte() & 3 == 0 ? UInt32(input.byte()) : image.slots.first?.nt ?? 0
    }

    mutating func service() -> UtilityService { [.gas, .water, .heat, .float][Int(input.byte() & 3)] }

    mutating func currency() -> Currency {
        input.byte() & 7 == 7 ? Currency(rawValue: 1) : input.byte() & 1 == 0 ? Scene.euro : Scene.dollar
    }

    mutating func amount(default: UInt64) -> Amount {
        switch input.byte() & 3 {
        case 0: .all
        case 1: Amount(rawValue: UInt64.max - UInt64(input.byte()))
        case 2: Amount(rawValue: UInt64(input.word()))
        default: Amount(rawValue: UInt64(input.byte()))
        }
    }

    mutating func time(default: UInt32) -> Timestamp { Timestamp(rawValue: UInt32(input.word())) }

    mutating func meter() -> PartyID { [.none, Scene.gasMeter, Scene.waterMeter][Int(input.byte() % 3)] }

    func key(_ name: KeyName) -> Secret { Scene.key(name) }
    func cardToMeterKey(_ version: UInt8) -> Secret { Secret(copying: Scene.kxBytes(version)) }
}

extension OperationCode {
    /// The plaintext C3 of an operation for an element; a piece of the input where its values do not form one.
    func plaintext(for image: ElementImage, _ suite: CipherSuite, from input: inout InputReader) -> [UInt8] {
        var values = FuzzedValues(image: image, input: input)
        let plaintext = type.examplePlaintext(&values, suite)
        input = values.input
        return plaintext ?? input.piece()
    }

    /// What a master-key card is asked to seal for an element; a piece of the input where its values do not form it.
    func request(for image: ElementImage, from input: inout InputReader) -> [UInt8] {
        var values = FuzzedValues(image: image, input: input)
        let request = type.exampleRequest(&values)
        input = values.input
        return request ?? input.piece()
    }
}
