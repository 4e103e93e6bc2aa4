import ValueProtocol

/// What the protocol says of each operation (§4): the one table of these tests that a new operation needs a line in.
enum OperationRules {
    /// In sessions of each purpose.
    static let allowed: [Purpose: Set<OperationCode>] = [
        .credit: [.storeCredit, .refund, .status], .tariff: [.convertTariff, .status], .usage: [.readUsage, .status],
        .admin: [.putKey, .bind, .setState, .setClock, .status], .transfer: [.debit, .status],
    ]

    static let metersAlone: Set<OperationCode> = [.convertTariff, .setClock]
    /// Only cards have slots.
    static let cardsAlone: Set<OperationCode> = [.debit]
    static let refusedWhileBlocked: Set<OperationCode> = [.storeCredit, .refund, .convertTariff, .debit]
}
