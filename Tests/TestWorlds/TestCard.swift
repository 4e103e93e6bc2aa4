package import CardCrypto
package import ISO7816
package import ValueElement
package import ValueProtocol

/// A card over memory in RAM whose power a test can cut at any write: a subscriber's, or a master-key card.
package final class TestCard {
    package let eid: PartyID
    package let power = FailureSwitch()
    package let memory: VolatileMemory
    package let card: ValueCard
    package let channel: InProcessChannel

    /// - Parameter records: its memory's.
    package init(_ records: [RecordName: [UInt8]], environment: ElementEnvironment = ElementEnvironment()) throws {
        memory = VolatileMemory(records, failure: power)
        eid = try ValueCard.images(in: memory).element.eid
        card = try ValueCard(memory, environment: environment)
        channel = try InProcessChannel(card)
    }

    package convenience init(_ image: ElementImage, environment: ElementEnvironment = ElementEnvironment()) throws {
        try self.init(ValueCard.records(image), environment: environment)
    }

    /// A card that is not issued yet.
    package convenience init(blank eid: PartyID, transportKey: Secret) throws {
        try self.init(ValueCard.blank(eid, transportKey: transportKey))
    }

    /// A master-key card.
    package convenience init(
        _ image: MasterKeyImage, element: ElementImage, environment: ElementEnvironment = ElementEnvironment()
    ) throws {
        try self.init(ValueCard.records(image, element: element), environment: environment)
    }

    /// A master-key card without keys.
    package convenience init(blankMasterKeyCard eid: PartyID) throws {
        try self.init(ValueCard.blankMasterKeyCard(eid))
    }

    /// The state in its memory, whatever the running card's state.
    package var image: ElementImage { get throws { try ValueCard.images(in: memory).element } }
    /// Its master-key application's state in its memory; nil where it has none.
    package var masterKeyImage: MasterKeyImage? { get throws { try ValueCard.images(in: memory).masterKey } }

    /// A purse's balance in the running card, in micro-units.
    package func balance(of service: UtilityService = .gas) -> UInt64 {
        card.element?.image.balance(of: service) ?? 0
    }

    /// Debits value as a meter that draws on the card would.
    ///
    /// - Parameter amount: in micro-units.
    /// - Throws: where the card has no such purse, or it holds less.
    package func spend(_ amount: UInt64, of service: UtilityService = .gas) throws {
        guard let element = card.element, var purse = element.image.purse(service),
            let rest = purse.balance.subtracting(Amount(rawValue: amount))
        else { throw Missing(service: service, amount: amount) }
        purse.balance = rest
        try element.update { $0.put(purse) }
    }

    /// The card holds less than was to be spent.
    package struct Missing: Error {
        package let service: UtilityService
        package let amount: UInt64
    }

    /// Restores power, and inserts the card again.
    package func insertAgain() throws {
        power.restorePower()
        try channel.reset()
    }
}
