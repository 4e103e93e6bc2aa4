package import CardCrypto

/// An operation that can be made from values of a test's choice.
///
/// Attacks on an element, cuts of its power and the fuzzer take every operation from here, so a new one is tried by all
/// of them without being named there.
package protocol ExemplifiedOperation: ElementOperation {
    /// Makes one; nil where the values do not form one.
    init?(example values: inout some ExampleValues)

    /// The plaintext C3 as an authority seals it: the request, with the keys that it names.
    func plaintext(with values: some ExampleValues, _ suite: CipherSuite) -> [UInt8]
}

extension ExemplifiedOperation {
    package func plaintext(with values: some ExampleValues, _ suite: CipherSuite) -> [UInt8] { request }

    /// An example's C3; nil where the values do not form one.
    package static func examplePlaintext(_ values: inout some ExampleValues, _ suite: CipherSuite) -> [UInt8]? {
        Self(example: &values)?.plaintext(with: values, suite)
    }

    /// An example's request, in the form that a master-key card's SEAL accepts; nil where the values do not form one.
    package static func exampleRequest(_ values: inout some ExampleValues) -> [UInt8]? {
        Self(example: &values)?.request
    }
}

/// The values of an example's fields.
///
/// A default is a value that an element accepts: a test of what is accepted uses it, and a fuzzer uses any other.
package protocol ExampleValues {
    /// The element that the example is for.
    var eid: PartyID { get }

    /// From 0 to `limit` − 1.
    mutating func number(below limit: Int, default: Int) -> Int
    mutating func bytes(upTo count: Int, default: [UInt8]) -> [UInt8]
    /// One that the element has not seen.
    mutating func transaction() -> HostTransaction
    /// NT of the element's last debit, as its meter credited it; 0 if there was none.
    mutating func creditedNT() -> UInt32
    /// Of a purse that the element has.
    mutating func service() -> UtilityService
    /// Of that purse.
    mutating func currency() -> Currency
    mutating func amount(default: UInt64) -> Amount
    mutating func time(default: UInt32) -> Timestamp
    /// One that a card may be bound to; `.none` by default.
    mutating func meter() -> PartyID

    /// The element key of that name.
    func key(_ name: KeyName) -> Secret
    /// The card-to-meter key of that version.
    func cardToMeterKey(_ version: UInt8) -> Secret
}
