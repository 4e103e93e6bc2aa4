public import ValueProtocol

/// Which master keys a ceremony makes, from how many components, and who enters them.
public struct CeremonyPlan: Sendable, Hashable {
    /// One master key.
    public struct Key: Sendable, Hashable {
        public let name: KeyName
        /// Who enters component 1, 2 and so on: one custodian per component, no custodian twice.
        public let custodians: [KeyCustodian]
        /// The expected check value of the finished key, if known.
        public let checkValue: KeyCheckValue?

        public init(_ name: KeyName, custodians: [KeyCustodian], checkValue: KeyCheckValue? = nil) {
            self.name = name
            self.custodians = custodians
            self.checkValue = checkValue
        }

        /// How many components it has.
        public var count: UInt8 { UInt8(custodians.count) }
    }

    public let keys: [Key]
    /// The custodians who have no PIN yet.
    public let firstPINs: [KeyCustodian]
    public let rules: IssuingRules?

    /// - Parameters:
    ///   - keys: in the order in which they are made.
    ///   - firstPINs: who sets a first PIN.
    ///   - rules: set at the end, by two custodians.
    /// - Throws: `CeremonyError` `.planWrong`, `.noDualControl`, `.sameCustodianTwice`.
    public init(keys: [Key], firstPINs: [KeyCustodian] = [], rules: IssuingRules? = nil) throws(CeremonyError) {
        for key in keys {
            guard key.name.version > 0 || key.name == .transport else { throw CeremonyError(.planWrong, "\(key.name)") }
            guard key.custodians.count >= 2 else { throw CeremonyError(.noDualControl, "\(key.name)") }
            guard Set(key.custodians).count == key.custodians.count else {
                throw CeremonyError(.sameCustodianTwice, "\(key.name)")
            }
        }
        guard Set(keys.map(\.name)).count == keys.count else { throw CeremonyError(.planWrong, "a key planned twice") }
        self.keys = keys
        self.firstPINs = firstPINs.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        self.rules = rules
        guard rules == nil || custodians.count >= 2 else {
            throw CeremonyError(.planWrong, "rules, which two custodians must set")
        }
    }

    /// All participating custodians.
    public var custodians: [KeyCustodian] { Set(keys.flatMap(\.custodians) + firstPINs).sorted() }
}
