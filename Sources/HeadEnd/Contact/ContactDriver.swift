public import ISO7816
public import Records
public import ValueProtocol

/// A way to an element that suspends its caller until the answer arrives, and blocks no thread: a line, a trunk.
public protocol AsynchronousCardChannel: Sendable {
    /// Sends one command.
    ///
    /// - Returns: the element's answer.
    /// - Throws: `CardError` if none came; the command may have been carried out.
    func transmit(_ command: CommandAPDU) async throws(CardError) -> ResponseAPDU
}

/// Carries out any number of contacts at a time without a thread for each: while one waits for its element's answer, the
/// others go on.
///
/// What contacts record at the same moment, and the sessions that they open, is one commit of the store. Keys are used on one
/// thread. A task that is cancelled does not end its contact between the intent of an order and its outcome:
/// the channel decides how long it waits.
public actor ContactDriver {
    private nonisolated let executor = QueueExecutor("contacts")
    private let host: HostContext

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// - Parameter host: has keys.
    public init(_ host: HostContext) { self.host = host }

    /// Carries one contact out.
    ///
    /// - Parameters:
    ///   - task: what it is for.
    ///   - expected: the element that must answer; nil accepts any.
    ///   - channel: the way to the element, on which nobody else sends meanwhile.
    /// - Throws: `HostError`, as the blocking `ElementContact.run`; `.noKeys` if the host has none; `.noSession` if they
    ///   cannot be used.
    public func run(
        _ task: ContactTask, expecting expected: PartyID? = nil, over channel: any AsynchronousCardChannel
    ) async throws(HostError) -> ContactReport {
        let sessions = SharedSessions(in: host.records)
        let authority = try authority(sessions)
        var contact = ElementContact(task, expecting: expected)
        defer { host.records.endLease(of: contact.eid) }
        var step = contact.start(at: host.clock())
        while true {
            let event: ContactEvent
            switch step {
            case .send(let command):
                do throws(CardError) {
                    event = .answered(try await channel.transmit(command))
                } catch {
                    event = .lost(error)
                }
            case .authorize(let request):
                let authorized = authority.event(for: request)
                if let opened = sessions.takeOpened() {
                    event = await host.records.sharedEvent(of: opened, after: authorized)
                } else {
                    event = authorized
                }
            case .record(let request): event = await host.records.sharedEvent(for: request, at: host.clock())
            case .done(let result): return try result.get()
            }
            step = contact.advance(event, at: host.clock())
        }
    }

    private func authority(_ register: any ElementRegister) throws(HostError) -> any Authority {
        do {
            return try host.authority(register: register)
        } catch let error as HostError {
            throw error
        } catch {
            throw HostError(.noSession, "the host's keys", cause: error)
        }
    }
}
