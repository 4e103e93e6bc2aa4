import CardIO
import ISO7816
import Testing

/// A pcscd that this process has to itself, for the body of an exit test.
struct OwnPCSCD {
    let daemon: PrivatePCSCD
    let service: PCSCService

    /// Starts it and waits for its readers.
    init(pluggable: Bool = false) async throws {
        daemon = try PrivatePCSCD(pluggable: pluggable)
        service = try PCSCService()
        try await daemon.ready(service)
    }

    /// Ends it by SIGKILL and starts it again.
    func killAndStart() async throws {
        try daemon.order(.kill)
        try daemon.order(.start)
        try await daemon.ready(service)
    }

    /// Puts a card into the first slot and waits until it is seen.
    func insert(_ card: sending any IntegratedCircuitCard) async throws -> VirtualReaderCard {
        let virtual = try VirtualReaderCard(card, port: daemon.slots[0].port)
        try await virtual.insert()
        try await service.waitForCard(in: .name(daemon.slots[0].reader), deadline: .testDeadline)
        return virtual
    }

    /// Connects to the card in the first slot.
    ///
    /// - Parameter patience: how long a card that another has is waited for; `.zero` where a refusal is expected.
    func connect(patience: Duration = .seconds(600)) async throws -> Card {
        try await service.connect(to: .name(daemon.slots[0].reader), patience: patience, deadline: .testDeadline)
    }
}

/// Runs the body of an exit test. What it throws is an issue of the test, where it would else only end the process.
func reporting(_ body: () async throws -> Void) async {
    do { try await body() } catch { Issue.record("\(error)") }
}
