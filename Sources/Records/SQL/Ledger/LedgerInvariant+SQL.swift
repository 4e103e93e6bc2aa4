public import Ledger

/// The invariants as queries of a store's rows, for SQLite and PostgreSQL alike.
extension LedgerInvariant {
    /// Queries of which each row is a violation; its column `subject` says of what.
    public var queries: [String] {
        switch self {
        case .conservation:
            [
                """
                SELECT 'currency ' || CAST(currency AS TEXT) AS subject FROM ledger_balance
                GROUP BY currency HAVING \(Self.isNotZero("balance"))
                """
            ]
        case .balancedTransfers: Self.balancedTransfers
        case .balanceIsSumOfEntries:
            [
                """
                SELECT account || ' ' || CAST(currency AS TEXT) AS subject FROM (
                    SELECT account, currency, balance AS amount FROM ledger_balance
                    UNION ALL SELECT account, currency, -amount FROM ledger_entry
                ) AS both_sides GROUP BY account, currency HAVING \(Self.isNotZero("amount"))
                """
            ]
        case .pendingNotNegative:
            [
                "SELECT account AS subject FROM ledger_balance WHERE kind = \(Account.Kind.inDoubt.rawValue) AND balance < 0",
                """
                \(Self.openTransfers)
                SELECT account || ' ' || CAST(currency AS TEXT) AS subject FROM (
                    SELECT account, currency, pending AS amount FROM ledger_balance
                    UNION ALL SELECT source, currency, -amount FROM open_transfer
                ) AS both_sides GROUP BY account, currency HAVING \(Self.isNotZero("amount"))
                """,
            ]
        case .floatCoversPending:
            [
                """
                SELECT account AS subject FROM ledger_balance WHERE balance < 0 AND kind IN (
                    \(Account.Kind.reseller.rawValue), \(Account.Kind.subscriber.rawValue),
                    \(Account.Kind.left.rawValue), \(Account.Kind.carried.rawValue))
                """
            ]
        case .oneOpenPerElement:
            [
                "\(Self.openTransfers) SELECT element AS subject FROM open_transfer GROUP BY element HAVING count(*) > 1",
                """
                \(Self.openTransfers)
                SELECT e.eid AS subject FROM ledger_element e LEFT JOIN open_transfer o ON o.element = e.eid
                WHERE coalesce(e.open_transfer, 0) <> coalesce(o.transfer, 0)
                """,
                """
                \(Self.openTransfers)
                SELECT o.element AS subject FROM open_transfer o
                WHERE o.element IS NULL OR o.element NOT IN (SELECT eid FROM ledger_element)
                """,
            ]
        case .numbersAscend:
            [
                """
                SELECT element || ' HTXN ' || CAST(htxn AS TEXT) AS subject FROM (
                    SELECT element, htxn, lag(htxn) OVER (
                        PARTITION BY element, number / \(Self.numbersOfAWriter) ORDER BY number) AS before
                    FROM ledger_fact WHERE kind = \(LedgerChange.Kind.opened.rawValue)
                ) AS numbered WHERE htxn <= before
                """,
                """
                SELECT e.eid AS subject FROM ledger_element e LEFT JOIN (
                    SELECT element, max(htxn) AS highest FROM ledger_fact
                    WHERE kind = \(LedgerChange.Kind.opened.rawValue) GROUP BY element
                ) AS newest ON newest.element = e.eid WHERE e.highest <> coalesce(newest.highest, 0)
                """,
            ]
        case .receiptPerTransfer:
            [
                """
                SELECT 'transfer ' || CAST(transfer AS TEXT) AS subject FROM ledger_fact WHERE receipt IS NOT NULL
                GROUP BY shard, transfer HAVING count(*) > 1
                """,
                """
                SELECT 'receipt ' || CAST(receipt AS TEXT) AS subject FROM ledger_fact WHERE receipt IS NOT NULL
                GROUP BY receipt HAVING count(*) > 1
                """,
                Self.miscounted("receipts", "receipt IS NOT NULL"),
            ]
        case .keyOnce:
            [
                """
                SELECT order_key AS subject FROM ledger_fact WHERE kind = \(LedgerChange.Kind.ordered.rawValue)
                GROUP BY order_key HAVING count(*) > 1
                """,
                """
                SELECT f.order_key AS subject FROM ledger_fact f WHERE NOT EXISTS (
                    SELECT 1 FROM ledger_fact o WHERE o.shard = f.shard AND o.order_key = f.order_key
                        AND o.kind = \(LedgerChange.Kind.ordered.rawValue))
                """,
            ]
        case .refusalChangesNothing:
            [
                Self.miscounted("facts", "1 = 1"), Self.miscounted("transfers", "step = 1"),
                Self.miscounted("differences", "kind = \(LedgerChange.Kind.differenceOpened.rawValue)"),
                """
                SELECT 'fact ' || CAST(number AS TEXT) AS subject FROM ledger_fact f WHERE NOT EXISTS (
                    SELECT 1 FROM ledger_count c WHERE c.writer = f.number / \(Self.numbersOfAWriter)
                        AND f.number <= c.facts)
                """,
            ]
        case .inDoubtAndKnownAreAll:
            [
                """
                \(Self.openTransfers)
                SELECT account || ' ' || CAST(currency AS TEXT) AS subject FROM (
                    SELECT account, currency, balance AS amount FROM ledger_balance
                    WHERE kind = \(Account.Kind.inDoubt.rawValue)
                    UNION ALL SELECT doubt, currency, -amount FROM open_transfer
                    UNION ALL SELECT doubt, currency, credited + left_behind - drawn FROM ledger_pair
                ) AS both_sides GROUP BY account, currency HAVING \(Self.isNotZero("amount"))
                """
            ]
        case .reportsAgree: Self.reportsAgree
        }
    }

    /// A condition on a group: its sum, which need not fit 64 bits, is not 0.
    private static func isNotZero(_ column: String) -> String {
        "sum(\(column) >> 32) * 4294967296 + sum(\(column) & 4294967295) <> 0"
    }

    private static let numbersOfAWriter = LedgerRows.firstNumber(of: 1)

    /// The transfers whose last step left them pending, as their first step has them.
    private static let openTransfers = """
        WITH last_step AS (
            SELECT shard, transfer, max(step) AS step FROM ledger_fact WHERE transfer IS NOT NULL GROUP BY shard, transfer
        ), open_transfer AS (
            SELECT d.* FROM ledger_fact d
                JOIN last_step l ON l.shard = d.shard AND l.transfer = d.transfer
                JOIN ledger_fact s ON s.shard = l.shard AND s.transfer = l.transfer AND s.step = l.step
            WHERE d.step = 1
                AND s.kind IN (\(LedgerChange.Kind.opened.rawValue), \(LedgerChange.Kind.reopened.rawValue))
        )
        """

    /// The writers whose last number is not that of their facts.
    private static func miscounted(_ column: String, _ condition: String) -> String {
        """
        SELECT 'writer ' || CAST(c.writer AS TEXT) || ': \(column)' AS subject FROM ledger_count c
        WHERE c.\(column) - c.writer * \(numbersOfAWriter) <> (
            SELECT count(*) FROM ledger_fact f
            WHERE f.number / \(numbersOfAWriter) = c.writer AND \(condition))
        """
    }

    private static let balancedTransfers = [
        """
        SELECT 'fact ' || CAST(fact AS TEXT) AS subject FROM ledger_entry
        GROUP BY shard, fact, currency HAVING \(isNotZero("amount"))
        """,
        """
        SELECT 'fact ' || CAST(f.number AS TEXT) AS subject FROM ledger_fact f WHERE f.transfer IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.shard = f.shard AND e.fact = f.number)
        """,
        """
        WITH moved AS (
            SELECT f.shard, f.transfer, e.account, e.currency, sum(e.amount) AS amount
            FROM ledger_fact f JOIN ledger_entry e ON e.shard = f.shard AND e.fact = f.number
            WHERE f.transfer IS NOT NULL GROUP BY f.shard, f.transfer, e.account, e.currency
        ), posted AS (
            SELECT DISTINCT shard, transfer FROM ledger_fact WHERE receipt IS NOT NULL
        )
        SELECT 'transfer ' || CAST(d.transfer AS TEXT) AS subject FROM ledger_fact d
            JOIN posted p ON p.shard = d.shard AND p.transfer = d.transfer
            LEFT JOIN moved s ON s.shard = d.shard AND s.transfer = d.transfer AND s.account = d.source
                AND s.currency = d.currency
            LEFT JOIN moved t ON t.shard = d.shard AND t.transfer = d.transfer AND t.account = d.target
                AND t.currency = d.currency
        WHERE d.step = 1 AND (coalesce(s.amount, 0) <> -d.amount OR coalesce(t.amount, 0) <> d.amount)
        """,
    ]

    // Everything of an element is in its shard, which every key begins with: so each row is found by its key.
    private static let reportsAgree = [
        """
        SELECT p.account AS subject FROM ledger_purse p
            LEFT JOIN ledger_balance b ON b.shard = p.shard AND b.account = p.account AND b.currency = p.currency
            LEFT JOIN ledger_difference d ON d.shard = p.shard AND d.subject_kind = 1 AND d.eid = p.eid
                AND d.service = p.service AND d.content IS NULL
        WHERE p.proven IS NOT NULL AND p.proven - coalesce(b.balance, 0) - p.set_aside <> coalesce(
            CASE WHEN d.kind = \(BookDifference.Kind.valueMissing.rawValue) THEN -d.amount ELSE d.amount END, 0)
        """,
        """
        SELECT p.account AS subject FROM ledger_purse p
            JOIN ledger_balance b ON b.shard = p.shard AND b.account = p.account AND b.currency = p.currency
            LEFT JOIN ledger_difference d ON d.shard = p.shard AND d.subject_kind = 2 AND d.eid = p.eid
                AND d.service = p.service AND d.content IS NULL
        WHERE coalesce(d.amount, 0) <> CASE WHEN b.balance < 0 THEN -b.balance ELSE 0 END
        """,
        """
        SELECT p.meter || ' ' || p.card AS subject FROM ledger_pair p
            LEFT JOIN ledger_difference d ON d.shard = p.shard AND d.subject_kind = 3 AND d.eid = p.meter
                AND d.card = p.card AND d.content IS NULL
        WHERE coalesce(d.amount, 0) <> p.untold
        """,
    ]
}
