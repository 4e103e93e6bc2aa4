import CardCrypto
import Ledger
import ValueProtocol

/// The last numbers of a writer.
struct LedgerCounts {
    let facts: UInt64
    let transfers: UInt64
    let receipts: UInt64
    let differences: UInt64
}

/// Where the row of an account is.
struct LedgerPlace {
    let shard: Shard
    /// The element that it belongs to; nil for others, whose rows are not read together.
    let party: PartyID?
    /// The writer, of an account that has a row for each.
    let part: UInt32

    init(of account: Account, writer: UInt32) {
        var part: UInt32 = 0
        switch account {
        case .seller, .corrections:
            party = nil
            part = writer
            shard = Shard(of: writer)
        case .subscriber(let subscriber):
            party = nil
            shard = Shard(of: PartyID(rawValue: subscriber.rawValue))
        case .reseller(let eid), .debt(let eid), .delivered(let eid), .purse(let eid, _), .inDoubt(let eid, _),
            .carried(let eid, _):
            party = eid
            shard = Shard(of: eid)
        case .left(let debit):
            party = debit.meter
            shard = Shard(of: debit.meter)
        }
        self.part = part
    }
}

extension Shard {
    /// Of the rows that only one writer has.
    init(of writer: UInt32) { self.init(rawValue: UInt8(truncatingIfNeeded: writer)) }

    /// Of the facts of an order: those of an order that names an element first are with the element.
    init(of key: IdempotencyKey) {
        if let eid = key.element {
            self.init(of: eid)
        } else {
            self.init(rawValue: SHA256Digest.hash(Array(key.rawValue.utf8))[0])
        }
    }
}

extension IdempotencyKey {
    /// The element that the key begins with, as keys do that the records make themselves.
    var element: PartyID? {
        // Those that the records make are ASCII, and are found fast.
        let text = rawValue.utf8.span
        if text.count > 19, text[18] == UInt8(ascii: " "), text[19] < 0x80,
            let party = PartyID(canonical: text.extracting(0..<18))
        {
            return party
        }
        return rawValue.split(separator: " ", maxSplits: 1).first.flatMap { PartyID(String($0)) }
    }
}
