/// The leases of shards: every shard has its row from the start, so that taking a lease and committing under it meet there.
enum LeaseSchema {
    static let tables = """
        -- What this database is among several servers, in one row; none if it has all shards.
        CREATE TABLE cluster_member (
            single BIGINT NOT NULL PRIMARY KEY CHECK (single = 1),
            number BIGINT NOT NULL,
            shards TEXT NOT NULL
        );
        -- A free shard has writer 0. token only grows: each time the shard is taken, or its lease is ended for the holder.
        -- until is in milliseconds since 1970; writer is the chain of the audit trail that the holder's connection locks.
        CREATE TABLE shard_lease (
            shard BIGINT NOT NULL PRIMARY KEY,
            holder TEXT NOT NULL DEFAULT '',
            writer BIGINT NOT NULL DEFAULT 0,
            token BIGINT NOT NULL DEFAULT 0,
            until BIGINT NOT NULL DEFAULT 0
        ) WITH (fillfactor = 25);
        INSERT INTO shard_lease (shard) SELECT generate_series(0, 255);

        """
}
