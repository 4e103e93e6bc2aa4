/// The result of a batch for one meter.
public struct MeterResult<Value: Sendable>: Sendable {
    public let address: MeterAddress
    public let outcome: Result<Value, any Error>

    public init(address: MeterAddress, outcome: Result<Value, any Error>) {
        self.address = address
        self.outcome = outcome
    }
}
