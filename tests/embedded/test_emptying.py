"""Emptying between tests: everything a test wrote goes, what migrations put in comes back, triggers or not."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.database import _keep_pristine, connect, empty

SCHEMA = """
CREATE TABLE ab_role (id serial PRIMARY KEY, name text);
INSERT INTO ab_role (name) VALUES ('Parent');
CREATE TABLE locality (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text,
                       folded text GENERATED ALWAYS AS (lower(name)) STORED);
INSERT INTO locality (name) VALUES ('Region');
CREATE TABLE child (id serial PRIMARY KEY, locality_id int REFERENCES locality, "order" int);
CREATE TABLE event (id serial PRIMARY KEY, child_id int REFERENCES child);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'events stay'; END $$;
CREATE TRIGGER event_stays BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER event_row_stays BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse();
"""


def test_a_test_leaves_nothing_and_takes_nothing(new_database: Callable[..., str]) -> None:
    url = new_database("emptying")
    with connect(url) as connection:
        connection.execute(SCHEMA)
    _keep_pristine(url)
    with connect(url) as connection:
        connection.execute("UPDATE locality SET name = 'Changed'")
        connection.execute("INSERT INTO locality (name) VALUES ('Another')")
        connection.execute('INSERT INTO child (locality_id, "order") VALUES (1, 5)')
        connection.execute("INSERT INTO event (child_id) VALUES (1)")
    empty(url)
    with connect(url) as connection:
        assert connection.execute("SELECT id, name, folded FROM locality").fetchall() == [(1, "Region", "region")]
        assert connection.execute("SELECT count(*) FROM child, event").fetchone() == (0,)
        assert connection.execute("SELECT name FROM ab_role").fetchall() == [("Parent",)]
        connection.execute("INSERT INTO locality (name) VALUES ('No clash of numbers')")
