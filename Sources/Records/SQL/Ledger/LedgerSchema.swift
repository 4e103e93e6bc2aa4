/// The tables of the ledger, in every database alike.
///
/// Facts and entries are only added. The other tables hold what the facts add up to, a row for each account, element,
/// purse, card at a meter, debit that was left behind, and difference; each row carries its version, and a mark under the
/// audit key, so that one that was edited is found before it is used.
///
/// An account that every order moves, such as the seller's, has a row for each writer (`part`), so that processes do not
/// wait for one another; its balance is their sum.
public enum LedgerSchema {
    /// - Parameters:
    ///   - integer: the type of a column of 64 bits.
    ///   - bytes: the type of a column of bytes.
    ///   - suffix: what ends the definition of a table whose rows are found by their key alone.
    public static func tables(integer: String, bytes: String, suffix: String = "") -> String {
        """
        -- content is LedgerChange.bytes; the columns before it are what queries need of it.
        CREATE TABLE ledger_fact (
            shard \(integer) NOT NULL,
            number \(integer) NOT NULL,
            time \(integer) NOT NULL,
            order_key TEXT NOT NULL,
            kind \(integer) NOT NULL,
            transfer \(integer),
            step \(integer),
            receipt \(integer),
            currency \(integer),
            amount \(integer),
            source TEXT,
            target TEXT,
            doubt TEXT,
            element TEXT,
            htxn \(integer),
            content \(bytes) NOT NULL,
            mark \(bytes) NOT NULL,
            PRIMARY KEY (shard, number)
        )\(suffix);
        CREATE UNIQUE INDEX ledger_order ON ledger_fact (shard, order_key) WHERE kind = 1;
        CREATE UNIQUE INDEX ledger_step ON ledger_fact (shard, transfer, step) WHERE transfer IS NOT NULL;
        CREATE UNIQUE INDEX ledger_transaction ON ledger_fact (shard, element, htxn) WHERE kind = 2;
        CREATE TABLE ledger_entry (
            shard \(integer) NOT NULL,
            fact \(integer) NOT NULL,
            position \(integer) NOT NULL,
            account TEXT NOT NULL,
            currency \(integer) NOT NULL,
            amount \(integer) NOT NULL,
            PRIMARY KEY (shard, fact, position)
        )\(suffix);
        CREATE INDEX ledger_entry_by_account ON ledger_entry (account, currency);
        CREATE TABLE ledger_balance (
            shard \(integer) NOT NULL,
            account TEXT NOT NULL,
            currency \(integer) NOT NULL,
            part \(integer) NOT NULL,
            kind \(integer) NOT NULL,
            party TEXT,
            balance \(integer) NOT NULL,
            pending \(integer) NOT NULL,
            version \(integer) NOT NULL,
            mark \(bytes) NOT NULL,
            PRIMARY KEY (shard, account, currency, part)
        )\(suffix);
        CREATE INDEX ledger_balance_by_party ON ledger_balance (shard, party);
        -- content is ElementState.bytes.
        CREATE TABLE ledger_element (
            shard \(integer) NOT NULL,
            eid TEXT NOT NULL,
            open_transfer \(integer),
            highest \(integer) NOT NULL,
            content \(bytes) NOT NULL,
            version \(integer) NOT NULL,
            mark \(bytes) NOT NULL,
            PRIMARY KEY (shard, eid)
        )\(suffix);
        CREATE TABLE ledger_purse (
            shard \(integer) NOT NULL,
            eid TEXT NOT NULL,
            service \(integer) NOT NULL,
            account TEXT NOT NULL,
            currency \(integer) NOT NULL,
            most \(integer) NOT NULL,
            proven \(integer),
            set_aside \(integer) NOT NULL,
            version \(integer) NOT NULL,
            mark \(bytes) NOT NULL,
            PRIMARY KEY (shard, eid, service)
        )\(suffix);
        CREATE TABLE ledger_pair (
            shard \(integer) NOT NULL,
            meter TEXT NOT NULL,
            card TEXT NOT NULL,
            doubt TEXT NOT NULL,
            currency \(integer) NOT NULL,
            drawn \(integer) NOT NULL,
            credited \(integer) NOT NULL,
            shown \(integer) NOT NULL,
            left_behind \(integer) NOT NULL,
            untold \(integer) NOT NULL,
            nt \(integer) NOT NULL,
            version \(integer) NOT NULL,
            mark \(bytes) NOT NULL,
            PRIMARY KEY (shard, meter, card)
        )\(suffix);
        CREATE TABLE ledger_left (
            shard \(integer) NOT NULL,
            meter TEXT NOT NULL,
            card TEXT NOT NULL,
            nt \(integer) NOT NULL,
            currency \(integer) NOT NULL,
            amount \(integer) NOT NULL,
            proven \(integer) NOT NULL,
            shown \(bytes) NOT NULL,
            version \(integer) NOT NULL,
            mark \(bytes) NOT NULL,
            PRIMARY KEY (shard, meter, card, nt)
        )\(suffix);
        -- The newest of each subject; content is how it ended, nothing while it is open.
        CREATE TABLE ledger_difference (
            shard \(integer) NOT NULL,
            subject \(bytes) NOT NULL,
            number \(integer) NOT NULL,
            subject_kind \(integer) NOT NULL,
            eid TEXT NOT NULL,
            service \(integer),
            card TEXT,
            kind \(integer) NOT NULL,
            currency \(integer) NOT NULL,
            amount \(integer) NOT NULL,
            since \(integer) NOT NULL,
            content \(bytes),
            version \(integer) NOT NULL,
            mark \(bytes) NOT NULL,
            PRIMARY KEY (shard, subject)
        )\(suffix);
        CREATE INDEX ledger_difference_by_element ON ledger_difference (shard, eid);
        CREATE INDEX ledger_difference_by_number ON ledger_difference (number);
        -- The last numbers of each writer.
        CREATE TABLE ledger_count (
            shard \(integer) NOT NULL,
            writer \(integer) NOT NULL,
            facts \(integer) NOT NULL,
            transfers \(integer) NOT NULL,
            receipts \(integer) NOT NULL,
            differences \(integer) NOT NULL,
            version \(integer) NOT NULL,
            mark \(bytes) NOT NULL,
            PRIMARY KEY (shard, writer)
        )\(suffix);
        """
    }

    /// The tables whose rows are only added.
    public static let onlyAddedTo = ["ledger_fact", "ledger_entry"]
}
