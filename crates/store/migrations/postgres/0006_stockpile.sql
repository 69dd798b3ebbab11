-- The books of the stockpile. Movements and postings are never changed. What must not be is refused
-- here too, whoever writes: less than nothing, one weapon in two places, goods registered twice.

CREATE TABLE stock_accounts (
    number  BIGINT PRIMARY KEY NOT NULL,
    id      BYTEA NOT NULL UNIQUE,
    kind    TEXT NOT NULL,
    store   BYTEA,
    outside BIGINT NOT NULL CHECK (outside = CASE WHEN kind = 'outside' THEN 1 ELSE 0 END),
    CHECK ((kind = 'place') = (store IS NOT NULL)),
    UNIQUE (number, outside)
);
-- Everything comes from one outside: else one weapon could come in from two.
CREATE UNIQUE INDEX stock_accounts_outside ON stock_accounts (kind) WHERE kind = 'outside';
CREATE INDEX stock_accounts_by_store ON stock_accounts (store) WHERE store IS NOT NULL;

CREATE TABLE stock_goods (
    number     BIGINT PRIMARY KEY NOT NULL,
    id         BYTEA NOT NULL UNIQUE,
    serialised BIGINT NOT NULL CHECK (serialised IN (0, 1)),
    explosive  BIGINT NOT NULL CHECK (explosive IN (0, 1)),
    UNIQUE (number, serialised)
);

CREATE TABLE stock_movements (
    position    BIGINT PRIMARY KEY NOT NULL,
    id          BYTEA NOT NULL UNIQUE,
    digest      BYTEA NOT NULL,
    body        BYTEA NOT NULL,
    recorded_us BIGINT NOT NULL
);

-- Movements that wait for a signature, or waited. How one ended first stays.
CREATE TABLE stock_waiting (
    movement   BIGINT PRIMARY KEY NOT NULL REFERENCES stock_movements (position) DEFERRABLE INITIALLY DEFERRED,
    due_us     BIGINT NOT NULL,
    ended_us   BIGINT,
    resolution BYTEA,
    CHECK ((ended_us IS NULL) = (resolution IS NULL))
);
CREATE INDEX stock_waiting_open ON stock_waiting (due_us, movement) WHERE ended_us IS NULL;

-- A movement is taken back once.
CREATE TABLE stock_reversals (
    reversed BIGINT PRIMARY KEY NOT NULL REFERENCES stock_movements (position) DEFERRABLE INITIALLY DEFERRED,
    movement BIGINT NOT NULL UNIQUE REFERENCES stock_movements (position) DEFERRABLE INITIALLY DEFERRED
);

-- Both sides of every posted line, with what was there afterwards. `posted_us` never goes back as
-- `position` goes on, so that what the books said at a moment is one step away.
CREATE TABLE stock_postings (
    goods        BIGINT NOT NULL,
    account      BIGINT NOT NULL,
    posted_us    BIGINT NOT NULL,
    position     BIGINT NOT NULL,
    movement     BIGINT NOT NULL,
    line         BIGINT NOT NULL,
    amount       BIGINT NOT NULL CHECK (amount <> 0),
    balance      BIGINT NOT NULL,
    effective_us BIGINT NOT NULL CHECK (effective_us <= posted_us),
    PRIMARY KEY (goods, account, posted_us, position)
);
CREATE INDEX stock_postings_by_account ON stock_postings (account, position);
-- The few that count from an earlier moment than that of their posting.
CREATE INDEX stock_postings_late ON stock_postings (goods, account, posted_us, effective_us, amount)
    WHERE effective_us < posted_us;

CREATE TABLE stock_balances (
    goods      BIGINT NOT NULL,
    account    BIGINT NOT NULL,
    quantity   BIGINT NOT NULL,
    reserved   BIGINT NOT NULL CHECK (reserved >= 0),
    serialised BIGINT NOT NULL,
    outside    BIGINT NOT NULL,
    PRIMARY KEY (goods, account),
    FOREIGN KEY (goods, serialised) REFERENCES stock_goods (number, serialised) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (account, outside) REFERENCES stock_accounts (number, outside) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT stock_never_negative CHECK (outside = 1 OR quantity - reserved >= 0),
    CONSTRAINT stock_one_of_it CHECK (
        serialised = 0 OR (outside = 1 AND quantity - reserved >= -1 AND quantity <= 0)
        OR (outside = 0 AND quantity <= 1)
    )
);
CREATE INDEX stock_balances_by_account ON stock_balances (account, goods)
    WHERE quantity <> 0 OR reserved <> 0;
-- One weapon is in one place.
CREATE UNIQUE INDEX stock_balances_custody ON stock_balances (goods)
    WHERE serialised = 1 AND outside = 0 AND quantity > 0;

-- How often what is explosive in a store has changed.
CREATE TABLE stock_stores (
    store    BIGINT PRIMARY KEY NOT NULL REFERENCES stock_accounts (number) DEFERRABLE INITIALLY DEFERRED,
    revision BIGINT NOT NULL
);

CREATE TABLE stock_state (
    id        BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    last_us   BIGINT,
    closed_us BIGINT
);

CREATE FUNCTION stock_stays() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN RAISE EXCEPTION ''what was posted is never changed''; END';
CREATE TRIGGER stock_movements_stay BEFORE UPDATE ON stock_movements
FOR EACH ROW EXECUTE FUNCTION stock_stays();
CREATE TRIGGER stock_postings_stay BEFORE UPDATE ON stock_postings
FOR EACH ROW EXECUTE FUNCTION stock_stays();
CREATE TRIGGER stock_waiting_stays BEFORE UPDATE ON stock_waiting
FOR EACH ROW WHEN (OLD.ended_us IS NOT NULL) EXECUTE FUNCTION stock_stays();
