public import Diagnostics

/// Why a ledger refused an order. Nothing was changed.
///
/// Two are equal if their codes are.
public struct LedgerError: DiagnosticError {
    public let code: Code
    /// The account, transfer, element or key concerned.
    public let subject: String

    public init(_ code: Code, _ subject: some CustomStringConvertible) {
        self.code = code
        self.subject = "\(subject)"
    }
}

extension LedgerError {
    /// What is wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The key is empty, or longer than 255 bytes of UTF-8.
        case badKey = 1
        /// The key belongs to an order with another content.
        case otherOrder = 2
        /// The amount is zero.
        case noAmount = 3
        /// The amount exceeds 63 bits.
        case amountTooLarge = 4
        /// A sum exceeds 127 bits.
        case sumOverflows = 5
        /// The account does not hold enough.
        case notEnoughValue = 6
        /// The purse may not hold that much, with what is in doubt.
        case overLimit = 7
        /// The books know no such purse.
        case noSuchPurse = 8
        /// The purse is of another currency.
        case wrongCurrency = 9
        /// The purse's currency cannot change while it holds value or a debit of it is not settled.
        case purseNotEmpty = 10
        /// A transaction with the element is open.
        case openTransaction = 11
        /// The HTXN is not above the last one.
        case numberNotAscending = 12
        /// No such transfer exists.
        case noSuchTransfer = 13
        /// The transfer's outcome is known, and is another.
        case alreadySettled = 14
        /// The transfer cannot be sent again.
        case notToRetry = 15
        /// The element was replaced.
        case replaced = 16
        /// The element is not the one that the order needs.
        case wrongElement = 17
        /// The report is older than one that the books know.
        case staleReport = 18
        /// No such debit was left behind.
        case noSuchDebit = 19
        /// The debit was paid or credited.
        case alreadyPaid = 20
        /// It is not proven that the meter has not credited the debit.
        case notProven = 21
        /// The books know another content of the debit.
        case contradicted = 22
        /// No such difference is open.
        case noSuchDifference = 23
        /// The order cannot resolve this difference.
        case notResolvable = 24
        /// The account is not one that the order may use.
        case wrongAccount = 25
        /// A fact does not follow the last one.
        case factOutOfOrder = 26
        /// No report has come since the element was replaced.
        case noReport = 27

        public var description: String {
            switch self {
            case .badKey: "is not a valid key"
            case .otherOrder: "this key was given to another order"
            case .noAmount: "the amount is zero"
            case .amountTooLarge: "the amount exceeds 63 bits"
            case .sumOverflows: "a sum exceeds 127 bits"
            case .notEnoughValue: "does not hold enough value"
            case .overLimit: "would hold more than its limit"
            case .noSuchPurse: "no such purse is known"
            case .wrongCurrency: "the currency is not that of the purse"
            case .purseNotEmpty: "the purse holds value in another currency"
            case .openTransaction: "a transaction with this element is open"
            case .numberNotAscending: "the transaction number is not above the last one"
            case .noSuchTransfer: "no such transfer exists"
            case .alreadySettled: "another outcome is recorded"
            case .notToRetry: "cannot be sent again"
            case .replaced: "the element was replaced"
            case .wrongElement: "is not a valid element for this order"
            case .staleReport: "a newer report is recorded"
            case .noSuchDebit: "no such debit was left behind"
            case .alreadyPaid: "was paid or credited"
            case .notProven: "it is not proven that the meter has not credited it"
            case .contradicted: "the books have other content"
            case .noSuchDifference: "no such difference is open"
            case .notResolvable: "this order cannot resolve it"
            case .wrongAccount: "is not a valid account for this order"
            case .factOutOfOrder: "does not follow the last fact"
            case .noReport: "no report has come since the replacement"
            }
        }
    }
}
