/// Energy counted in both directions; fractions of a microjoule are carried over.
public struct EnergyRegisters: Sendable, Hashable {
    /// From the line to the load.
    public private(set) var imported = Energy.zero
    /// From the load to the line.
    public private(set) var exported = Energy.zero
    private var importedRest = 0.0
    private var exportedRest = 0.0

    public init() {}

    /// Counts energy.
    ///
    /// - Parameter joules: J, positive from the line to the load.
    public mutating func count(joules: Double) {
        if joules >= 0 {
            EnergyRegisters.add(joules, to: &imported, &importedRest)
        } else {
            EnergyRegisters.add(-joules, to: &exported, &exportedRest)
        }
    }

    private static func add(_ joules: Double, to register: inout Energy, _ rest: inout Double) {
        let microjoules = joules * 1e6 + rest
        let whole = microjoules.rounded(.down)
        register.microjoules += Int128(whole)
        rest = microjoules - whole
    }
}
