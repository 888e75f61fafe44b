-- Functions of Citus's names: they write down what they were asked, and refuse what Citus refuses.
CREATE TABLE citus_call (number SERIAL PRIMARY KEY, what TEXT, place TEXT, by_column TEXT, beside TEXT);

CREATE FUNCTION citus_refuse_what_cannot_be(place REGCLASS, by_column TEXT) RETURNS void LANGUAGE plpgsql AS $$
DECLARE found record;
BEGIN
  IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = place AND NOT tgisinternal) THEN
    RAISE EXCEPTION 'cannot distribute relation % because it has triggers', place;
  END IF;
  FOR found IN SELECT conname FROM pg_constraint WHERE contype = 'f' AND place IN (conrelid, confrelid) LOOP
    RAISE EXCEPTION 'cannot distribute %: foreign key % leads to or from a local table', place, found.conname;
  END LOOP;
  IF by_column IS NULL THEN
    RETURN;
  END IF;
  FOR found IN
    SELECT indexrelid::regclass AS name FROM pg_index WHERE indrelid = place AND indisunique AND NOT EXISTS (
      SELECT FROM pg_attribute WHERE attrelid = place AND attname = by_column AND attnum = ANY (indkey)
    )
  LOOP
    RAISE EXCEPTION 'cannot distribute %: unique % does not include %', place, found.name, by_column;
  END LOOP;
END $$;

CREATE FUNCTION create_reference_table(place REGCLASS) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM citus_refuse_what_cannot_be(place, NULL);
  INSERT INTO citus_call (what, place) VALUES ('reference', place::text);
END $$;

CREATE FUNCTION create_distributed_table(place REGCLASS, by_column TEXT, colocate_with TEXT DEFAULT 'default')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM citus_refuse_what_cannot_be(place, by_column);
  IF colocate_with <> 'default' AND NOT EXISTS (SELECT FROM citus_call c WHERE c.place = colocate_with) THEN
    RAISE EXCEPTION 'relation % is not distributed', colocate_with;
  END IF;
  INSERT INTO citus_call (what, place, by_column, beside) VALUES ('distribute', place::text, by_column, colocate_with);
END $$;

CREATE FUNCTION truncate_local_data_after_distributing_table(place REGCLASS) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM citus_call c WHERE c.place = truncate_local_data_after_distributing_table.place::text) THEN
    RAISE EXCEPTION 'supplied parameter is not a distributed relation';
  END IF;
  INSERT INTO citus_call (what, place) VALUES ('truncate', place::text);
END $$;
