-- The register is filtered by model, category and year too.
ALTER TABLE firearms ADD COLUMN model TEXT NOT NULL DEFAULT '';
ALTER TABLE firearms ADD COLUMN category TEXT NOT NULL DEFAULT '';
ALTER TABLE firearms ADD COLUMN year INTEGER;
-- What is known already: the identity holds maker, model, calibre and number; the record the rest.
UPDATE firearms SET model = CASE WHEN identity LIKE 'record|%' THEN '' ELSE
    substr(substr(identity, instr(identity, '|') + 1), 1,
           instr(substr(identity, instr(identity, '|') + 1), '|') - 1) END;
UPDATE firearms SET
    category = COALESCE((SELECT json_extract(CAST(r.body AS TEXT), '$.particulars.category')
        FROM records r JOIN record_heads h ON h.id = r.id AND h.version = r.version
        WHERE r.id = firearms.record), ''),
    year = (SELECT json_extract(CAST(r.body AS TEXT), '$.particulars.year')
        FROM records r JOIN record_heads h ON h.id = r.id AND h.version = r.version
        WHERE r.id = firearms.record);
CREATE INDEX firearms_by_model ON firearms (model, updated_us, record) WHERE model <> '';
-- Category and year are looked at on the way: few values, in the order of the list.
DROP INDEX firearms_by_time;
CREATE INDEX firearms_by_time ON firearms (updated_us, record, category, year);
