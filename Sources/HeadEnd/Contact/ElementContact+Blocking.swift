public import ISO7816
public import Records
public import ValueProtocol

extension ElementContact {
    /// Carries the contact out on this thread, which it blocks.
    ///
    /// - Parameters:
    ///   - channel: the channel to the element.
    ///   - authority: the holder of the keys, or the route to it.
    ///   - records: the host's.
    ///   - clock: the time of day.
    /// - Throws: `HostError` `.noSession` and `.notSealed` if nothing was sent, `.inDoubt` if the outcome of an order is
    ///   unknown, `.stillInDoubt` if that of an earlier one could not be determined, or of the records.
    public consuming func run(
        over channel: any CardChannel, by authority: any Authority, recordingIn records: any RecordStore,
        clock: () -> Timestamp
    ) throws(HostError) -> ContactReport {
        var contact = self
        defer { records.endLease(of: contact.eid) }
        var step = contact.start(at: clock())
        while true {
            let event: ContactEvent
            switch step {
            case .send(let command):
                do throws(CardError) {
                    event = .answered(try channel.transmit(command))
                } catch {
                    event = .lost(error)
                }
            case .authorize(let request): event = authority.event(for: request)
            case .record(let request): event = records.event(for: request, at: clock())
            case .done(let result): return try result.get()
            }
            step = contact.advance(event, at: clock())
        }
    }
}

extension Authority {
    /// What the call returned, or why it was refused.
    package func event(for request: AuthorityRequest) -> ContactEvent {
        do throws(SessionError) {
            return .authorized(try perform(request))
        } catch {
            return .notAuthorized(error)
        }
    }
}

extension RecordStore {
    /// A contact has ended.
    func endLease(of eid: PartyID) {
        do throws(HostError) {
            if eid != .none { try endContact(with: eid) }
        } catch {
            // What the contact did is on record, and a lease ends by itself.
        }
    }

    /// Carries a request out in one commit with others'.
    func sharedEvent(for request: RecordRequest, at time: Timestamp) async -> ContactEvent {
        do throws(HostError) {
            // The error is the change's result, so that the proof of a contradiction is kept.
            let result = try await commit(of: request.element) { records throws(HostError) in
                Result { () throws(HostError) in try records.perform(request, at: time) }
            }
            return .recorded(try result.get())
        } catch {
            // What a replaced card leaves a successor on another server takes two commits.
            if error.code == .onOtherServers { return event(for: request, at: time) }
            return .notRecorded(error)
        }
    }

    /// What the records replied, or why they did not.
    package func event(for request: RecordRequest, at time: Timestamp) -> ContactEvent {
        do throws(HostError) {
            return .recorded(try perform(request, at: time))
        } catch {
            return .notRecorded(error)
        }
    }
}
