-- The books of the stockpile. Movements and postings are never changed. What must not be is refused
-- here too, whoever writes: less than nothing, one weapon in two places, goods registered twice.

CREATE TABLE stock_accounts (
    number  INTEGER PRIMARY KEY NOT NULL,
    id      BLOB NOT NULL UNIQUE,
    kind    TEXT NOT NULL,
    store   BLOB,
    outside INTEGER NOT NULL CHECK (outside = (kind = 'outside')),
    CHECK ((kind = 'place') = (store IS NOT NULL)),
    UNIQUE (number, outside)
) STRICT;
-- Everything comes from one outside: else one weapon could come in from two.
CREATE UNIQUE INDEX stock_accounts_outside ON stock_accounts (kind) WHERE kind = 'outside';
CREATE INDEX stock_accounts_by_store ON stock_accounts (store) WHERE store IS NOT NULL;

CREATE TABLE stock_goods (
    number     INTEGER PRIMARY KEY NOT NULL,
    id         BLOB NOT NULL UNIQUE,
    serialised INTEGER NOT NULL CHECK (serialised IN (0, 1)),
    explosive  INTEGER NOT NULL CHECK (explosive IN (0, 1)),
    UNIQUE (number, serialised)
) STRICT;

CREATE TABLE stock_movements (
    position    INTEGER PRIMARY KEY NOT NULL,
    id          BLOB NOT NULL UNIQUE,
    digest      BLOB NOT NULL,
    body        BLOB NOT NULL,
    recorded_us INTEGER NOT NULL
) STRICT;

-- Movements that wait for a signature, or waited. How one ended first stays.
CREATE TABLE stock_waiting (
    movement   INTEGER PRIMARY KEY NOT NULL REFERENCES stock_movements (position) DEFERRABLE INITIALLY DEFERRED,
    due_us     INTEGER NOT NULL,
    ended_us   INTEGER,
    resolution BLOB,
    CHECK ((ended_us IS NULL) = (resolution IS NULL))
) STRICT;
CREATE INDEX stock_waiting_open ON stock_waiting (due_us, movement) WHERE ended_us IS NULL;

-- A movement is taken back once.
CREATE TABLE stock_reversals (
    reversed INTEGER PRIMARY KEY NOT NULL REFERENCES stock_movements (position) DEFERRABLE INITIALLY DEFERRED,
    movement INTEGER NOT NULL UNIQUE REFERENCES stock_movements (position) DEFERRABLE INITIALLY DEFERRED
) STRICT;

-- Both sides of every posted line, with what was there afterwards. `posted_us` never goes back as
-- `position` goes on, so that what the books said at a moment is one step away.
CREATE TABLE stock_postings (
    goods        INTEGER NOT NULL,
    account      INTEGER NOT NULL,
    posted_us    INTEGER NOT NULL,
    position     INTEGER NOT NULL,
    movement     INTEGER NOT NULL,
    line         INTEGER NOT NULL,
    amount       INTEGER NOT NULL CHECK (amount <> 0),
    balance      INTEGER NOT NULL,
    effective_us INTEGER NOT NULL CHECK (effective_us <= posted_us),
    PRIMARY KEY (goods, account, posted_us, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_postings_by_account ON stock_postings (account, position);
-- The few that count from an earlier moment than that of their posting.
CREATE INDEX stock_postings_late ON stock_postings (goods, account, posted_us, effective_us, amount)
    WHERE effective_us < posted_us;

CREATE TABLE stock_balances (
    goods      INTEGER NOT NULL,
    account    INTEGER NOT NULL,
    quantity   INTEGER NOT NULL,
    reserved   INTEGER NOT NULL CHECK (reserved >= 0),
    serialised INTEGER NOT NULL,
    outside    INTEGER NOT NULL,
    PRIMARY KEY (goods, account),
    FOREIGN KEY (goods, serialised) REFERENCES stock_goods (number, serialised) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account, outside) REFERENCES stock_accounts (number, outside) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT stock_never_negative CHECK (outside = 1 OR quantity - reserved >= 0),
    CONSTRAINT stock_one_of_it CHECK (
        serialised = 0 OR (outside = 1 AND quantity - reserved >= -1 AND quantity <= 0)
        OR (outside = 0 AND quantity <= 1)
    )
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_balances_by_account ON stock_balances (account, goods)
    WHERE quantity <> 0 OR reserved <> 0;
-- One weapon is in one place.
CREATE UNIQUE INDEX stock_balances_custody ON stock_balances (goods)
    WHERE serialised = 1 AND outside = 0 AND quantity > 0;

-- How often what is explosive in a store has changed.
CREATE TABLE stock_stores (
    store    INTEGER PRIMARY KEY NOT NULL REFERENCES stock_accounts (number) DEFERRABLE INITIALLY DEFERRED,
    revision INTEGER NOT NULL
) STRICT;

CREATE TABLE stock_state (
    id        INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    last_us   INTEGER,
    closed_us INTEGER
) STRICT;

CREATE TRIGGER stock_movements_stay BEFORE UPDATE ON stock_movements
BEGIN SELECT RAISE(ABORT, 'a movement is never changed'); END;
CREATE TRIGGER stock_postings_stay BEFORE UPDATE ON stock_postings
BEGIN SELECT RAISE(ABORT, 'a posting is never changed'); END;
CREATE TRIGGER stock_waiting_stays BEFORE UPDATE ON stock_waiting WHEN OLD.ended_us IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a movement ends once'); END;
