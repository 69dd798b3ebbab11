-- The register is filtered by model, category and year too.
ALTER TABLE firearms ADD COLUMN model TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE firearms ADD COLUMN category TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE firearms ADD COLUMN year BIGINT;
-- What is known already: the identity holds maker, model, calibre and number; the record the rest.
UPDATE firearms SET model = CASE WHEN identity LIKE 'record|%' THEN ''
    ELSE split_part(identity, '|', 2) END;
UPDATE firearms SET
    category = COALESCE(convert_from(r.body, 'UTF8')::jsonb #>> '{particulars,category}', ''),
    year = (convert_from(r.body, 'UTF8')::jsonb #>> '{particulars,year}')::bigint
    FROM records r JOIN record_heads h ON h.id = r.id AND h.version = r.version
    WHERE r.id = firearms.record AND r.body IS NOT NULL;
CREATE INDEX firearms_by_model ON firearms (model, updated_us, record) WHERE model <> '';
-- Category and year are looked at on the way: few values, in the order of the list.
DROP INDEX firearms_by_time;
CREATE INDEX firearms_by_time ON firearms (updated_us, record, category, year);
