/// The tables of what meters on a line report: added to the record file of `RecordSchema`.
enum MeterSchema {
    static let second = """
        CREATE TABLE tariff_order (
            eid TEXT NOT NULL,
            htxn INTEGER NOT NULL,
            effective INTEGER NOT NULL,
            tariff BLOB NOT NULL,
            PRIMARY KEY (eid, htxn),
            FOREIGN KEY (eid, htxn) REFERENCES credit_transaction (eid, htxn)
        ) STRICT;
        CREATE TABLE use_record (
            eid TEXT NOT NULL REFERENCES element (eid),
            series INTEGER NOT NULL,
            start INTEGER NOT NULL,
            quantity INTEGER NOT NULL,
            spent INTEGER NOT NULL,
            received INTEGER NOT NULL,
            PRIMARY KEY (eid, series, start)
        ) STRICT;
        -- A meter may have the same event several times in a second.
        CREATE TABLE meter_event (
            eid TEXT NOT NULL REFERENCES element (eid),
            time INTEGER NOT NULL,
            code INTEGER NOT NULL,
            value INTEGER NOT NULL,
            nth INTEGER NOT NULL,
            received INTEGER NOT NULL,
            PRIMARY KEY (eid, time, code, value, nth)
        ) STRICT;
        -- The meter's clock beside the host's; what it was to be set to, and no clock before its answer.
        CREATE TABLE meter_clock (
            number INTEGER NOT NULL PRIMARY KEY,
            eid TEXT NOT NULL REFERENCES element (eid),
            time INTEGER NOT NULL,
            clock INTEGER,
            target INTEGER
        ) STRICT;
        CREATE INDEX clock_by_meter ON meter_clock (eid, number);
        -- By the meter's clock: what is later was not read yet.
        CREATE TABLE use_mark (
            eid TEXT NOT NULL PRIMARY KEY REFERENCES element (eid),
            clock INTEGER NOT NULL
        ) STRICT;
        """
}
