-- One order, for pgbench: the rows that a database has of it, as the C peer writes them in a file; intent and outcome in a
-- transaction each. It decides nothing, reads nothing and hashes nothing. Each client has elements and numbers of its own. Names
-- have points where the records have colons, which are pgbench's.
\set n :n + 1
\set element :client_id * 1000 + :n % 1000
\set shard :element % 256
\set htxn :n / 1000 + 1
\set writer :client_id + 1
\set transfer :client_id * 10000000 + :n
\set fact :transfer * 4
\set number :n * 3
\set entry :htxn * 3
\set held :htxn * 1000000
\set sold :n * -1000000
BEGIN;
INSERT INTO credit_transaction (shard, eid, htxn, operation, service, currency, amount, time, state, settled) VALUES (:shard, '00000001-10-' || :element, :htxn, 1, 2, 978, 1000000, 1000, 0, 1000);
INSERT INTO audit_event (writer, number, time, shard, eid, sequence, form, kind, subject, content, hash) VALUES (:writer, :number, 1000, :shard, '00000001-10-' || :element, :entry, 2, 1, :htxn, decode(repeat('01', 35), 'hex'), decode(repeat('02', 32), 'hex'));
INSERT INTO ledger_fact (shard, number, time, order_key, kind, content, mark) VALUES (:shard, :fact, 1000, '00000001-10-' || :element || ' order ' || :htxn, 1, decode(repeat('01', 31), 'hex'), decode(repeat('02', 16), 'hex'));
INSERT INTO ledger_fact (shard, number, time, order_key, kind, transfer, step, currency, amount, source, target, doubt, element, htxn, content, mark) VALUES (:shard, :fact + 1, 1000, '00000001-10-' || :element || ' order ' || :htxn, 2, :transfer, 1, 978, 1000000, 'seller', 'purses.00000001-10-' || :element || '.gas', 'in doubt.00000001-10-' || :element || '.gas', '00000001-10-' || :element, :htxn, decode(repeat('01', 92), 'hex'), decode(repeat('02', 16), 'hex'));
INSERT INTO ledger_entry (shard, fact, position, account, currency, amount) VALUES (:shard, :fact + 1, 0, 'seller', 978, -1000000), (:shard, :fact + 1, 1, 'in doubt.00000001-10-' || :element || '.gas', 978, 1000000);
INSERT INTO ledger_balance (shard, account, currency, part, kind, party, balance, pending, version, mark) VALUES (:shard, 'in doubt.00000001-10-' || :element || '.gas', 978, 0, 5, '00000001-10-' || :element, 1000000, 0, :htxn, decode(repeat('02', 16), 'hex')) ON CONFLICT (shard, account, currency, part) DO UPDATE SET balance = excluded.balance, pending = excluded.pending, version = excluded.version, mark = excluded.mark;
INSERT INTO ledger_balance (shard, account, currency, part, kind, balance, pending, version, mark) VALUES (:writer, 'seller', 978, :writer, 1, :sold, 1000000, :n, decode(repeat('02', 16), 'hex')) ON CONFLICT (shard, account, currency, part) DO UPDATE SET balance = excluded.balance, pending = excluded.pending, version = excluded.version, mark = excluded.mark;
INSERT INTO ledger_element (shard, eid, open_transfer, highest, content, version, mark) VALUES (:shard, '00000001-10-' || :element, :transfer, :htxn, decode(repeat('01', 40), 'hex'), :htxn, decode(repeat('02', 16), 'hex')) ON CONFLICT (shard, eid) DO UPDATE SET open_transfer = excluded.open_transfer, highest = excluded.highest, content = excluded.content, version = excluded.version, mark = excluded.mark;
INSERT INTO ledger_count (shard, writer, facts, transfers, receipts, differences, version, mark) VALUES (:writer, :writer, :fact, :transfer, :transfer, 0, :n, decode(repeat('02', 16), 'hex')) ON CONFLICT (shard, writer) DO UPDATE SET facts = excluded.facts, transfers = excluded.transfers, receipts = excluded.receipts, version = excluded.version, mark = excluded.mark;
COMMIT;
BEGIN;
UPDATE credit_transaction SET state = 1, balance = :held, settled = 1001 WHERE shard = :shard AND eid = '00000001-10-' || :element AND htxn = :htxn;
INSERT INTO balance (shard, eid, service, amount, time) VALUES (:shard, '00000001-10-' || :element, 2, :held, 1001) ON CONFLICT (shard, eid, service) DO UPDATE SET amount = excluded.amount, time = excluded.time;
INSERT INTO audit_event (writer, number, time, shard, eid, sequence, form, kind, subject, content, hash) VALUES (:writer, :number + 1, 1001, :shard, '00000001-10-' || :element, :entry + 1, 2, 2, 2, decode(repeat('01', 12), 'hex'), decode(repeat('02', 32), 'hex')), (:writer, :number + 2, 1001, :shard, '00000001-10-' || :element, :entry + 2, 2, 1, :htxn, decode(repeat('01', 43), 'hex'), decode(repeat('02', 32), 'hex'));
INSERT INTO ledger_fact (shard, number, time, order_key, kind, content, mark) VALUES (:shard, :fact + 2, 1001, '00000001-10-' || :element || ' outcome ' || :fact, 1, decode(repeat('01', 12), 'hex'), decode(repeat('02', 16), 'hex'));
INSERT INTO ledger_fact (shard, number, time, order_key, kind, transfer, step, receipt, content, mark) VALUES (:shard, :fact + 3, 1001, '00000001-10-' || :element || ' outcome ' || :fact, 4, :transfer, 2, :transfer, decode(repeat('01', 63), 'hex'), decode(repeat('02', 16), 'hex'));
INSERT INTO ledger_entry (shard, fact, position, account, currency, amount) VALUES (:shard, :fact + 3, 0, 'in doubt.00000001-10-' || :element || '.gas', 978, -1000000), (:shard, :fact + 3, 1, 'purses.00000001-10-' || :element || '.gas', 978, 1000000);
INSERT INTO ledger_balance (shard, account, currency, part, kind, party, balance, pending, version, mark) VALUES (:shard, 'in doubt.00000001-10-' || :element || '.gas', 978, 0, 5, '00000001-10-' || :element, 0, 0, :htxn, decode(repeat('02', 16), 'hex')), (:shard, 'purses.00000001-10-' || :element || '.gas', 978, 0, 4, '00000001-10-' || :element, :held, 0, :htxn, decode(repeat('02', 16), 'hex')) ON CONFLICT (shard, account, currency, part) DO UPDATE SET balance = excluded.balance, pending = excluded.pending, version = excluded.version, mark = excluded.mark;
INSERT INTO ledger_balance (shard, account, currency, part, kind, balance, pending, version, mark) VALUES (:writer, 'seller', 978, :writer, 1, :sold, 0, :n, decode(repeat('02', 16), 'hex')) ON CONFLICT (shard, account, currency, part) DO UPDATE SET balance = excluded.balance, pending = excluded.pending, version = excluded.version, mark = excluded.mark;
INSERT INTO ledger_element (shard, eid, open_transfer, highest, content, version, mark) VALUES (:shard, '00000001-10-' || :element, NULL, :htxn, decode(repeat('01', 36), 'hex'), :htxn, decode(repeat('02', 16), 'hex')) ON CONFLICT (shard, eid) DO UPDATE SET open_transfer = excluded.open_transfer, highest = excluded.highest, content = excluded.content, version = excluded.version, mark = excluded.mark;
INSERT INTO ledger_purse (shard, eid, service, account, currency, most, proven, set_aside, version, mark) VALUES (:shard, '00000001-10-' || :element, 2, 'purses.00000001-10-' || :element || '.gas', 978, 100000000, :held, 0, :htxn, decode(repeat('02', 16), 'hex')) ON CONFLICT (shard, eid, service) DO UPDATE SET proven = excluded.proven, version = excluded.version, mark = excluded.mark;
INSERT INTO ledger_count (shard, writer, facts, transfers, receipts, differences, version, mark) VALUES (:writer, :writer, :fact, :transfer, :transfer, 0, :n, decode(repeat('02', 16), 'hex')) ON CONFLICT (shard, writer) DO UPDATE SET facts = excluded.facts, transfers = excluded.transfers, receipts = excluded.receipts, version = excluded.version, mark = excluded.mark;
COMMIT;
