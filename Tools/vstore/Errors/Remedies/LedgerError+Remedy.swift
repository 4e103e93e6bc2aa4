import Ledger

extension LedgerError: RemedyProviding {
    var remedy: String {
        switch code {
        case .badKey:
            "Give a reference of 1 to 255 bytes that does not begin with the identifier of a card, a meter or a host."
        case .otherOrder: "Give each order its own reference, and repeat an order word for word."
        case .noAmount: "Give an amount above 0."
        case .amountTooLarge, .sumOverflows: "Check the amount: no account holds that much."
        case .notEnoughValue: "See what it holds with vstore host ledger, and give less."
        case .overLimit: "Give less, or contact the element first if something is in doubt with it."
        case .noSuchPurse: "Check identifier and service; a purse is known once it was issued or bound."
        case .wrongCurrency: "Give the currency that the purse was bound with."
        case .purseNotEmpty: "Use up or refund what it holds first."
        case .openTransaction:
            "Contact the element once; if it is not available any more, resolve it with vstore card resolve."
        case .numberNotAscending: "Ask the element with vstore host recover or vstore card recover."
        case .noSuchTransfer: "List the transfers with vstore host ledger --of."
        case .alreadySettled: "What was recorded first stays. Compare it with vstore host ledger --of."
        case .notToRetry: "Give it as a new order."
        case .replaced: "Give the order for its successor."
        case .wrongElement: "Check the identifier, or use the command for such an element."
        case .staleReport: "Nothing is to be done: the newer report counts."
        case .noSuchDebit: "List what was left behind with vstore host ledger."
        case .alreadyPaid: "It is not paid again. See who got it with vstore host ledger --of."
        case .notProven: "Contact the meter first, or let two people decide it."
        case .contradicted: "Compare both with the audit trail: vstore host audit."
        case .noSuchDifference: "List the open ones with vstore host check."
        case .notResolvable: "It ends when the debit that was left behind is credited by the meter, or paid."
        case .wrongAccount:
            "Name two other accounts. What is in doubt or was left behind is found out by contact with the element."
        case .factOutOfOrder: "Restore the newest backup of the records."
        case .noReport: "Contact the element first, or a card that brings its status."
        }
    }
}
