import HeadEnd
import ISO7816
import Meter
import Records
import ValueProtocol

extension Story {
    /// The card is pulled in the middle of a load and of a redemption.
    func loseTheField() throws {
        narrator.begin("5. The field is lost in the middle")
        try loseLoad(beforeTheCard: true)
        try loseLoad(beforeTheCard: false)
        let meter = try meter
        try buy(4_500_000, for: .gas)
        do {
            _ = try meter.redeem(from: losing(.debit, beforeTheCard: false))
            throw StoryError("a lost answer is noticed")
        } catch let error as MeterError where error == MeterError(.interrupted, "") {
            narrator.report("a redemption lost its answer after the card was debited: \(error.code)")
        }
        try stage.reinsertSubscriberCard()
        let redemption = try meter.redeem(from: stage.subscriberCard)
        narrator.report("card in again: the meter finds the debit by STATUS and credits \(redemption.recovered), once")
        try require(redemption.recovered > .zero && redemption.drawn == .zero, "what was debited is credited")
        show(meter)
    }

    private func loseLoad(beforeTheCard: Bool) throws {
        let amount = Amount(rawValue: 3_000_000)
        let reference = beforeTheCard ? "order A" : "order B"
        let what = beforeTheCard ? "command before the card had it" : "answer after the card was loaded"
        do {
            _ = try client().storeCredit(
                amount, for: .gas, in: Cast.currency, over: losing(.storeCredit, beforeTheCard: beforeTheCard),
                reference: reference)
            throw StoryError("a lost message is noticed")
        } catch let error as HostError where error.code == .inDoubt {
            narrator.report("a load of \(amount) lost its \(what): in doubt")
        }
        try stage.reinsertSubscriberCard()
        let found = try client().recover(over: stage.subscriberCard)
        narrator.report("card in again, STATUS reports: \(found.map { "\($0.state)" }.joined())")
        let result = try client().storeCredit(
            amount, for: .gas, in: Cast.currency, over: stage.subscriberCard, reference: reference)
        guard case .done(let transaction) = result.outcome else { throw StoryError("the order is done in the end") }
        try add(amount, to: .gas)
        narrator.report("the same order again: \(transaction.state), HTXN \(transaction.htxn), applied once")
    }

    /// A channel that loses the EXECUTE of an operation, or its answer.
    private func losing(_ op: OperationCode, beforeTheCard: Bool) -> Interception {
        Interception(stage.subscriberCard) { (command, forward) throws(CardError) in
            guard command.isExecute(op.rawValue) else { return try forward(command) }
            if !beforeTheCard { _ = try forward(command) }
            throw CardError(.cardRemoved, subject: "the reader")
        }
    }
}
