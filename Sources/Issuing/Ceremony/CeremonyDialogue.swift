package import CardCrypto
import ValueProtocol

/// Asks the participants, checks what can be checked here, and asks again after a typing error.
package struct CeremonyDialogue {
    package let participants: any CeremonyParticipants

    package init(_ participants: any CeremonyParticipants) { self.participants = participants }

    package func show(_ event: CeremonyEvent) { participants.show(.event(event)) }

    package func answer(_ question: CeremonyQuestion) throws -> Secret { try participants.answer(question) }

    /// A newly chosen secret, which people type twice.
    ///
    /// - Throws: `CeremonyError` `.repetitionDiffers`; what the participants threw.
    package func newSecret(_ question: (_ isRepeated: Bool) -> CeremonyQuestion) throws -> Secret {
        let first = try participants.answer(question(false))
        guard participants.areInteractive else { return first }
        guard first.matches(try participants.answer(question(true))) else {
            throw CeremonyError(.repetitionDiffers, "the second entry")
        }
        return first
    }

    /// The requested component, with the check value of its sheet compared.
    ///
    /// - Throws: `CeremonyError` `.malformedComponent` before the check value is asked for, `.malformedCheckValue`,
    ///   `.mistyped`; `CryptoError`; what the participants threw.
    package func component(_ request: ComponentRequest) throws -> KeyComponent {
        let suite = try CipherSuite()
        let typed = try participants.answer(.component(request))
        try TypedDigits.check(typed, count: 32, of: "\(request)", .malformedComponent)
        let shown = try participants.answer(.checkValue(request))
        try TypedDigits.check(shown, count: 6, of: "check value of \(request)", .malformedCheckValue)
        let text = unsafe shown.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
        guard let checkValue = KeyCheckValue(digits: text) else {
            throw CeremonyError(.mistyped, "the check value of \(request)")
        }
        var digits = unsafe typed.withBytes { unsafe [UInt8]($0) }
        return try KeyComponent(digits: &digits, sheetCheckValue: checkValue, suite)
    }

    /// Performs one step, and repeats it after typing errors.
    package func untilDone<Value>(_ step: () throws -> Value) throws -> Value {
        while true {
            do {
                return try step()
            } catch let error as CeremonyError where participants.areInteractive && error.isRetryable {
                participants.show(.rejected(error))
            } catch let error as MasterKeyError where participants.areInteractive && error.code == .malformedPIN {
                participants.show(.rejected(error))
            }
        }
    }
}

extension CeremonyError {
    /// Whether typing again can correct it.
    fileprivate var isRetryable: Bool {
        let typing: [Code] = [
            .mistyped, .malformedComponent, .malformedCheckValue, .repetitionDiffers, .passphraseTooShort,
        ]
        if typing.contains(code) { return true }
        return code == .card && (cause as? MasterKeyError)?.code == .wrongPIN
    }
}
