/// Orders that wait for the holder of their shard.
enum WorkSchema {
    /// The channel of NOTIFY; a message is the number of a shard.
    static let channel = "value_store_work"

    static let tables = """
        -- state 0 waits, or is being carried out under the lease with that token; 1 is done, 2 is not done.
        -- due is in milliseconds since 1970, by the database's clock; ordered and finished are the host's times.
        CREATE TABLE work_order (
            shard BIGINT NOT NULL,
            eid TEXT NOT NULL,
            reference TEXT NOT NULL,
            operation BIGINT NOT NULL,
            service BIGINT NOT NULL,
            currency BIGINT NOT NULL,
            amount BIGINT NOT NULL,
            effective BIGINT,
            tariff BYTEA,
            replaces BIGINT NOT NULL,
            ordered BIGINT NOT NULL,
            state BIGINT NOT NULL DEFAULT 0,
            token BIGINT NOT NULL DEFAULT 0,
            attempts BIGINT NOT NULL DEFAULT 0,
            due BIGINT NOT NULL DEFAULT 0,
            finished BIGINT,
            htxn BIGINT,
            detail TEXT,
            PRIMARY KEY (shard, eid, reference)
        );
        CREATE INDEX work_waiting ON work_order (shard, eid, ordered, reference) WHERE state = 0;
        """
}
