-- What was told to a partner, and what keeps the exchange going: a few of the one among very many of
-- the other. Both together have no index of their own.
DROP INDEX deliveries_by_recipient;
CREATE INDEX deliveries_shared ON deliveries (recipient, position)
    WHERE kind IN ('record', 'recall', 'hit', 'request', 'answer');
CREATE INDEX deliveries_upkeep ON deliveries (recipient, position)
    WHERE kind NOT IN ('record', 'recall', 'hit', 'request', 'answer');
-- What keeps the exchange going is forgotten after some time.
CREATE INDEX deliveries_over ON deliveries (done_us)
    WHERE kind IN ('checkpoint', 'cosignature') AND state = 'delivered';
CREATE INDEX witnesses_seen ON witnesses (seen_us) WHERE problem IS NULL;
-- What is wrong, and what was seen last: a few of very many.
CREATE INDEX witnesses_wrong ON witnesses (log, witness) WHERE problem IS NOT NULL;
