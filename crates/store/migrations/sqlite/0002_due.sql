-- When something has to be done about a record that is open. The greatest number, and so the last
-- place, where nothing says when.
ALTER TABLE record_heads ADD COLUMN due_us INTEGER NOT NULL DEFAULT 9223372036854775807;
CREATE INDEX record_heads_by_due ON record_heads (kind, state, due_us, id);

-- Hits of before: the time stands in the follow-up that refers to them.
UPDATE record_heads SET due_us = COALESCE((
    SELECT CAST(strftime('%s', json_extract(CAST(r.body AS TEXT), '$.due_at')) AS INTEGER) * 1000000
    FROM links l JOIN records r ON r.id = l.from_id AND r.version = 1
    WHERE l.to_id = record_heads.id AND l.relation = 'hit' AND r.body IS NOT NULL
    ORDER BY l.position LIMIT 1
), due_us) WHERE kind = 'hit' AND state = 'open';
