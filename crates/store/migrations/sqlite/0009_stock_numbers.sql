-- Goods are found by their number alone: the part of their name behind the last colon. It is read from
-- the name, so that it goes when the name goes.
ALTER TABLE claims ADD COLUMN stock_number TEXT GENERATED ALWAYS AS (
    CASE WHEN substr(name, 1, 13) = 'stock-serial:' OR substr(name, 1, 10) = 'stock-lot:'
    THEN substr(name, length(rtrim(name, replace(name, ':', ''))) + 1) END
) VIRTUAL;
CREATE INDEX claims_by_stock_number ON claims (stock_number) WHERE stock_number IS NOT NULL;
