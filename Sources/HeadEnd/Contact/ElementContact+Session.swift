import ISO7816
import Records
import ValueProtocol

/// SELECT, INITIALIZE and EXECUTE.
extension ElementContact {
    // MARK: SELECT

    mutating func select() -> ContactStep {
        do throws(SessionError) {
            phase = .selecting
            return .send(try ElementCommand.select())
        } catch {
            return failSelection(error)
        }
    }

    mutating func whenSelected(_ event: ContactEvent) -> ContactStep {
        do throws(SessionError) {
            let element = try ElementCommand.element(in: try event.answer("SELECT"))
            if let expected, expected != element.eid {
                throw SessionError(.otherElement, "\(element.eid), not \(expected)")
            }
            selected = element
        } catch {
            return failSelection(error)
        }
        return next()
    }

    private mutating func failSelection(_ error: SessionError) -> ContactStep {
        fail(HostError(.noSession, expected.map { "\($0)" } ?? "the element", cause: error))
    }

    // MARK: INITIALIZE

    mutating func open(_ purpose: Purpose) -> ContactStep {
        nextSeq = nil
        guard let key = selected?.newest(purpose) else {
            return failOpening(SessionError(.noSuchKey, "\(purpose) of \(eid)"))
        }
        phase = .opening(key)
        return .authorize(.openSession(key, eid))
    }

    mutating func whenOpened(_ event: ContactEvent, _ key: KeyName) -> ContactStep {
        do throws(SessionError) {
            let opening = try event.authorized()
            // INITIALIZE begins with the authority's identifier.
            var reader = ByteReader(opening.span)
            authority = reader.readParty()
            let command = try ElementCommand.initialize(key, opening)
            phase = .initializing(key)
            return .send(command)
        } catch {
            return failOpening(error)
        }
    }

    mutating func whenInitialized(_ event: ContactEvent, _ key: KeyName) -> ContactStep {
        do throws(SessionError) {
            let answer = try ElementCommand.opening(in: try event.answer("INITIALIZE"), key, eid)
            phase = .authenticating
            return .authorize(.authenticate(Array(answer)))
        } catch {
            return failOpening(error)
        }
    }

    mutating func whenAuthenticated(_ event: ContactEvent) -> ContactStep {
        do throws(SessionError) {
            _ = try event.authorized()
        } catch {
            return failOpening(error)
        }
        nextSeq = 0
        return next()
    }

    private mutating func failOpening(_ error: SessionError) -> ContactStep {
        fail(HostError(.noSession, "\(eid)", cause: error))
    }

    // MARK: EXECUTE

    mutating func seal(_ exchange: Exchange) -> ContactStep {
        let operation = exchange.operation
        guard let nextSeq else { return fail(exchange, SessionError(.noSession, "\(operation)"), wasSent: false) }
        guard nextSeq <= 255 else {
            return fail(exchange, SessionError(.sessionExhausted, "\(operation)"), wasSent: false)
        }
        guard let request = request(of: exchange) else {
            return fail(exchange, SessionError(.notAuthorized, "\(operation) of \(eid)"), wasSent: false)
        }
        phase = .sealing(exchange)
        return .authorize(.seal(operation, request))
    }

    mutating func whenSealed(_ event: ContactEvent, _ exchange: Exchange) -> ContactStep {
        do throws(SessionError) {
            let seq = UInt8(truncatingIfNeeded: nextSeq ?? 0)
            let command = try ElementCommand.execute(exchange.operation, seq, try event.authorized())
            phase = .executing(exchange)
            return .send(command)
        } catch {
            return fail(exchange, error, wasSent: false)
        }
    }

    mutating func whenExecuted(_ event: ContactEvent, _ exchange: Exchange) -> ContactStep {
        do throws(SessionError) {
            let answer = try event.answer("\(exchange.operation)")
            let outcome = try ElementCommand.outcome(in: answer, exchange.operation, eid)
            phase = .unsealing(exchange)
            return .authorize(.unseal(Array(outcome)))
        } catch {
            return fail(exchange, error)
        }
    }

    mutating func whenUnsealed(_ event: ContactEvent, _ exchange: Exchange) -> ContactStep {
        do throws(SessionError) {
            return try take(try event.authorized(), of: exchange)
        } catch {
            return fail(exchange, error)
        }
    }

    /// The answer to an operation, which counts the session on.
    ///
    /// - Throws: `SessionError` `.malformedAnswer`; the session is over then.
    mutating func result<O: ElementOperation>(
        _ operation: O.Type, _ c4: [UInt8]
    ) throws(SessionError) -> OperationResult<O.Answer> {
        let result = try OperationResult(operation, c4: c4)
        nextSeq? += 1
        return result
    }

    /// The answer to an operation that must be done.
    mutating func answer<O: ElementOperation>(
        _ operation: O.Type, _ c4: [UInt8]
    ) throws(SessionError) -> O.Answer {
        let result = try result(operation, c4)
        guard let answer = result.answer else {
            throw SessionError(.notAuthorized, "\(O.code) of \(eid): \(result.status)")
        }
        return answer
    }

    /// An exchange that failed. What became of an order that was sent is unknown; one that was not sealed was not sent.
    private mutating func fail(
        _ exchange: Exchange, _ error: SessionError, wasSent: Bool = true
    ) -> ContactStep {
        nextSeq = nil
        switch exchange {
        case .resolve(let open) where gap == nil: return fail(HostError(.stillInDoubt, "\(open)", cause: error))
        // The outcome stands: an error here would hide it, and the order would be repeated as a new one. The next contact
        // asks again.
        case .balance(_, isNeeded: false), .account(_, isNeeded: false): return next()
        // That they are lacking is recorded, and must be told. What is in doubt is asked for at the next contact.
        case .lacking, .resolve:
            agenda = [.giveNumbers]
            return next()
        // A meter of an earlier version, or a desk that may not ask. What follows needs a new session.
        case .account where error.code == .refused || !wasSent:
            if !agenda.isEmpty { agenda.insert(.resolve(.usage), at: 0) }
            return next()
        case .order(let transaction):
            if wasSent { return fail(HostError(.inDoubt, "\(transaction)", cause: error)) }
            return record(.conclude(transaction, as: .notApplied, balance: nil), .notSealed(error))
        case .balance, .account, .clock, .setClock, .page: return fail(HostError(.noSession, subject, cause: error))
        case .meterStatus: return fail(HostError(.noSession, "\(eid)", cause: error))
        }
    }
}

extension ContactEvent {
    /// The element's answer.
    ///
    /// - Throws: `SessionError` `.noAnswer`.
    func answer(_ command: String) throws(SessionError) -> ResponseAPDU {
        switch self {
        case .answered(let response): return response
        case .lost(let error): throw SessionError(.noAnswer, command, cause: error)
        default: preconditionFailure("a command is answered, or its answer is lost")
        }
    }

    /// What the authority returned.
    ///
    /// - Throws: its error.
    func authorized() throws(SessionError) -> [UInt8] {
        switch self {
        case .authorized(let bytes): return bytes
        case .notAuthorized(let error): throw error
        default: preconditionFailure("an authority returns bytes, or an error")
        }
    }
}

extension ElementContact.Exchange {
    var operation: OperationCode {
        switch self {
        case .resolve, .balance, .lacking: .status
        case .order(let transaction): transaction.kind.operation
        case .account: .account
        case .clock, .page, .meterStatus: .readUsage
        case .setClock: .setClock
        }
    }
}
