public import CardCrypto
public import Meter
internal import ValueElement
public import ValueProtocol

/// A folder with a local unit of a bench: the memory of its meter, a flash, and its environment.
///
/// A program makes one, and opens it to let the unit measure and answer commands:
///
///     let folder = UnitFolder(path: path)
///     try folder.make(id, transportKey: key, configuration, seed: 1)
///     let unit = try folder.open(now: milliseconds)
///     unit.follow(BenchLoads([Load(watts: 40_000, degrees: 10)], profile: nil))
///     try unit.advance(milliseconds: 60_000)
///     try unit.stop()
public struct UnitFolder: DeviceFolder {
    public typealias Environment = UnitEnvironment
    public let path: String

    /// - Parameter path: of the folder; ``make(_:transportKey:_:seed:)`` creates it.
    public init(path: String) { self.path = path }

    public var memory: String { path + "/unit" }

    /// Creates the folder with a blank unit, accessible by its owner only.
    ///
    /// - Parameters:
    ///   - id: the unit's; its kind is `localUnit` or `areaUnit`.
    ///   - transportKey: ADMIN 0, diversified for `id`.
    ///   - configuration: of the unit.
    ///   - seed: of the errors and the noise of its parts.
    /// - Throws: `BenchError` `.exists`, `.folderNotMade`, `.notWritten`; `MemoryError`.
    public func make(
        _ id: PartyID, transportKey: Secret, _ configuration: TransformerConfiguration, seed: UInt64
    ) throws {
        try make(
            TransformerMeter.records(id, transportKey: transportKey, configuration),
            UnitEnvironment(configuration, seed: seed))
    }

    /// Powers up the unit; only one program at a time can have it open.
    ///
    /// - Parameters:
    ///   - milliseconds: start time since 1970-01-01 UTC; by default where it was stopped.
    ///   - now: start time in milliseconds since 1970-01-01 UTC of a unit that never ran.
    /// - Throws: `BenchError`, `MemoryError`, `MeterError`.
    public func open(milliseconds: Int64? = nil, now: Int64) throws -> BenchUnit {
        let around = try load()
        return try BenchUnit(
            try MemoryFile.open(at: memory), name: path, around: around,
            milliseconds: milliseconds ?? around.milliseconds ?? now, folder: self)
    }
}
