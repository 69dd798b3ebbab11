-- Goods are found by their number alone: the part of their name behind the last colon. It is read from
-- the name, so that it goes when the name goes.
ALTER TABLE claims ADD COLUMN stock_number TEXT COLLATE "C" GENERATED ALWAYS AS (
    CASE WHEN left(name, 13) = 'stock-serial:' OR left(name, 10) = 'stock-lot:'
    THEN substring(name from '[^:]*$') END
) STORED;
CREATE INDEX claims_by_stock_number ON claims (stock_number) WHERE stock_number IS NOT NULL;
