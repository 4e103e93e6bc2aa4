import Testing

@testable import CardIO

/// What a sharing violation says about the programs that may hold the card.
@Suite struct SharingConflictTextTests {
    private static let service = PCSCError(call: "SCardConnect", number: 0x8010_000B)
    private static let tool = ConnectedProgram(name: "opensc-tool", process: 4_711)
    private static let agent = ConnectedProgram(name: "agent", process: 12)

    @Test(
        arguments: [
            (ServiceClients(), "SCardConnect: SCARD_E_SHARING_VIOLATION (8010000B)"),
            (ServiceClients(ownCount: 1), "SCardConnect: SCARD_E_SHARING_VIOLATION (8010000B)"),
            (
                ServiceClients(ownCount: 2),
                "held by this program, by another connection; SCardConnect: SCARD_E_SHARING_VIOLATION (8010000B)"
            ),
            (
                ServiceClients(others: [tool], ownCount: 2),
                "held by opensc-tool (4711); SCardConnect: SCARD_E_SHARING_VIOLATION (8010000B)"
            ),
            (
                ServiceClients(others: [agent, tool], ownCount: 1),
                "held by one of: agent (12), opensc-tool (4711); SCardConnect: SCARD_E_SHARING_VIOLATION (8010000B)"
            ),
            (
                ServiceClients(ownCount: 1, hiddenCount: 2),
                "held by a program that this user may not look into; SCardConnect: SCARD_E_SHARING_VIOLATION (8010000B)"
            ),
            (
                ServiceClients(others: [tool], hiddenCount: 1),
                "held by one of: opensc-tool (4711), a program that this user may not look into; SCardConnect: SCARD_E_SHARING_VIOLATION (8010000B)"
            ),
        ])
    func `the candidates are named`(clients: ServiceClients, text: String) {
        #expect("\(SharingConflict(clients, isOwn: false, cause: Self.service))" == text)
    }

    @Test func `a connection of one's own is surer than any candidate`() {
        let conflict = SharingConflict(ServiceClients(others: [Self.tool]), isOwn: true, cause: Self.service)
        #expect(conflict.isOwn && conflict.programs.isEmpty)
    }

    @Test func `a name commands no terminal`() {
        #expect(ConnectedProgram(name: "a\u{1B}[2J\n\u{202E}b", process: 1).description == "a?[2J??b (1)")
    }

    @Test func `a reader is held as long as one hold is there`() {
        let reader = "a reader of this test alone"
        var first: ExclusiveHold? = ExclusiveHold(reader)
        var second: ExclusiveHold? = ExclusiveHold(reader)
        withExtendedLifetime((first, second)) {}
        first = nil
        #expect(ExclusiveHold.has(reader) && first == nil)
        second = nil
        #expect(!ExclusiveHold.has(reader) && second == nil)
    }
}
