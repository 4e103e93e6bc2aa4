package import ISO7816

/// The three commands of a contact with an element, and what their answers mean (protocol §3, §4).
package enum ElementCommand {
    package static func select(_ application: ElementApplication = .purse) throws(SessionError) -> CommandAPDU {
        try command(0x00, 0xA4, 0x04, 0x00, application.aid, "SELECT")
    }

    /// - Parameters:
    ///   - key: of the session.
    ///   - request: `PID ‖ R1`.
    package static func initialize(_ key: KeyName, _ request: [UInt8]) throws(SessionError) -> CommandAPDU {
        try command(0x80, 0x50, key.purpose.rawValue, key.version, request, "INITIALIZE")
    }

    /// - Parameters:
    ///   - operation: the op.
    ///   - seq: of the session.
    ///   - sealed: `C3 ‖ S3`.
    package static func execute(
        _ operation: OperationCode, _ seq: UInt8, _ sealed: [UInt8]
    ) throws(SessionError) -> CommandAPDU {
        try command(0x80, 0x52, operation.rawValue, seq, sealed, "\(operation)")
    }

    /// What an element answered to SELECT.
    package static func element(
        in response: ResponseAPDU, _ application: ElementApplication = .purse
    ) throws(SessionError) -> ElementInfo {
        guard response.status == .success else {
            throw SessionError(.noApplication, "SELECT \(application)", status: response.status)
        }
        guard let info = ElementInfo(fci: response.data, of: application) else {
            throw SessionError(.malformedAnswer, "SELECT \(application)")
        }
        return info
    }

    /// `EID ‖ NT ‖ R2 ‖ S2`, what an element answered to INITIALIZE.
    package static func opening(
        in response: ResponseAPDU, _ key: KeyName, _ eid: PartyID
    ) throws(SessionError) -> ArraySlice<UInt8> {
        switch response.status {
        case .success: return response.data
        case .referencedDataNotFound: throw SessionError(.noSuchKey, "\(key) of \(eid)", status: response.status)
        case .conditionsNotSatisfied: throw SessionError(.wrongState, "\(eid)", status: response.status)
        default: throw SessionError(.refused, "INITIALIZE of \(eid)", status: response.status)
        }
    }

    /// `C4 ‖ S4`, what an element answered to EXECUTE.
    package static func outcome(
        in response: ResponseAPDU, _ operation: OperationCode, _ eid: PartyID
    ) throws(SessionError) -> ArraySlice<UInt8> {
        guard response.status == .success else {
            throw SessionError(.refused, "\(operation) of \(eid)", status: response.status)
        }
        return response.data
    }

    fileprivate static func command(
        _ cla: UInt8, _ ins: UInt8, _ p1: UInt8, _ p2: UInt8, _ data: [UInt8], _ name: String, answers: Bool = true
    ) throws(SessionError) -> CommandAPDU {
        do {
            return try CommandAPDU(
                cla: cla, ins: ins, p1: p1, p2: p2, data: data, expectedLength: answers ? 256 : nil)
        } catch {
            throw SessionError(.authorityFailed, name, cause: error)
        }
    }
}

extension CardChannel {
    /// Sends one command and maps its errors to `SessionError`.
    package func exchange(
        _ cla: UInt8, _ ins: UInt8, _ p1: UInt8, _ p2: UInt8, _ data: [UInt8], _ name: String, answers: Bool = true
    ) throws(SessionError) -> ResponseAPDU {
        try exchange(ElementCommand.command(cla, ins, p1, p2, data, name, answers: answers), name)
    }

    /// Sends one command; no answer is a `SessionError`.
    package func exchange(_ command: CommandAPDU, _ name: String) throws(SessionError) -> ResponseAPDU {
        do {
            return try transmit(command)
        } catch {
            throw SessionError(.noAnswer, name, cause: error)
        }
    }
}
