-- 0147_carrier_id.sql, up
BEGIN;
/* M1 */ ALTER TABLE shipments
             ADD COLUMN carrier_id integer NOT NULL REFERENCES carriers (id);
/* M2 */ ALTER TABLE shipments
             ALTER COLUMN weight_grams TYPE bigint;
/* M3 */ UPDATE shipments s SET carrier_id = c.id
             FROM carriers c WHERE c.code = s.carrier_code;
/* M4 */ CREATE INDEX shipments_carrier_id ON shipments (carrier_id);
/* M5 */ ALTER TABLE shipments DROP COLUMN carrier_code;
COMMIT;

-- down
BEGIN;
/* M6 */ ALTER TABLE shipments ADD COLUMN carrier_code text;
/* M7 */ ALTER TABLE shipments DROP COLUMN carrier_id;
/* M8 */ ALTER TABLE shipments ALTER COLUMN weight_grams TYPE integer;
COMMIT;
