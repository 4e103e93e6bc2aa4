import ValueProtocol

/// What the protocol says of operations besides their purpose (§4). One that is not named here is for every element, in
/// every state.
enum OperationRules {
    static let metersAlone: Set<OperationCode> = [
        .convertTariff, .setClock, .account, .convertRules, .addDebt, .remitDebt,
    ]
    /// Only cards have slots.
    static let cardsAlone: Set<OperationCode> = [.debit, .post, .fetch]
    static let refusedWhileBlocked: Set<OperationCode> = [
        .storeCredit, .refund, .convertTariff, .debit, .convertRules, .addDebt, .remitDebt, .fetch,
    ]

    /// In a session of that purpose, as the reference has it, to which another test holds the code.
    static func isAllowed(_ op: OperationCode, in purpose: Purpose) -> Bool {
        op == .account ? purpose != .transfer : op.purpose.map { $0 == purpose } ?? true
    }
}
