-- The register of firearms, as it is searched: a weapon has one line, and so one custody.
CREATE TABLE firearms (
    record     BYTEA PRIMARY KEY NOT NULL,
    identity   TEXT COLLATE "C" NOT NULL,
    serial     TEXT COLLATE "C" NOT NULL,
    make       TEXT COLLATE "C" NOT NULL,
    calibre    TEXT COLLATE "C" NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    custody    TEXT COLLATE "C" NOT NULL,
    is_open    BIGINT NOT NULL CHECK (is_open IN (0, 1)),
    name       TEXT COLLATE "C" NOT NULL,
    updated_us BIGINT NOT NULL
);
-- The database itself forbids that one weapon is in the hands of two.
CREATE UNIQUE INDEX firearms_in_custody ON firearms (identity) WHERE is_open = 1;
CREATE INDEX firearms_by_time ON firearms (updated_us, record);
CREATE INDEX firearms_by_serial ON firearms (serial);
CREATE INDEX firearms_by_make ON firearms (make, updated_us, record);
CREATE INDEX firearms_by_calibre ON firearms (calibre, updated_us, record);
CREATE INDEX firearms_by_kind ON firearms (kind, updated_us, record);
CREATE INDEX firearms_by_custody ON firearms (custody, updated_us, record);
