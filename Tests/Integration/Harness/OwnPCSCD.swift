import CardIO
import ISO7816
import Testing

/// A pcscd for this process only, for the body of an exit test.
struct OwnPCSCD {
    let daemon: PrivatePCSCD
    let service: PCSCService

    /// Starts it and waits for its readers.
    init(pluggable: Bool = false) async throws {
        daemon = try PrivatePCSCD(pluggable: pluggable)
        service = try PCSCService()
        try await daemon.ready(service)
    }

    /// Inserts a card into the first slot and waits until it is detected.
    func insert(_ card: sending any IntegratedCircuitCard) async throws -> VirtualReaderCard {
        let virtual = try VirtualReaderCard(card, port: daemon.slots[0].port)
        try await virtual.insert()
        try await service.waitForCard(in: .name(daemon.slots[0].reader), deadline: .testDeadline)
        return virtual
    }

    /// Connects to the card in the first slot.
    ///
    /// - Parameter timeout: how long to wait for a card that is in use; `.zero` where a refusal is expected.
    func connect(timeout: Duration = .seconds(600)) async throws -> Card {
        try await service.connect(to: .name(daemon.slots[0].reader), timeout: timeout, deadline: .testDeadline)
    }
}

/// Runs the body of an exit test. What it throws is recorded as an issue of the test; otherwise it would only end the
/// process.
func reporting(_ body: () async throws -> Void) async {
    do { try await body() } catch { Issue.record("\(error)") }
}
