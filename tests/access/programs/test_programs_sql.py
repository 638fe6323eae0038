"""Statements of SQL: which of them throw data away."""

import pytest

from agentguard.access.programs import sql

DESTROYS = [
    "drop table x",
    "DROP DATABASE app",
    "drop schema public cascade",
    "drop table if exists tmp_x",
    "drop user x",
    "truncate t",
    "select 1; DROP TABLE x",
    "/* a */ drop /* b */ table x",
    "/*!50000 drop table x */",
    "delete from t",
    "delete from t where 1=1",
    "delete from t where true",
    "update t set a=1",
    "update t set a='x where y'",
    "alter table t drop column c",
    "alter table t drop c",
    "do $$ begin drop table x; end $$",
    "with d as (delete from t returning *) select * from d",
    "explain analyze delete from t",
    "begin; delete from t; commit",
    "MATCH (n) DETACH DELETE n",
    "select '\\'; drop table x; --'",
]
KEEPS = [
    "select 'drop table x'",
    "select 'it''s; drop table x'",
    'select "delete" from t',
    "-- drop table x\nselect 1",
    "/* drop table x */ select 1",
    "select $$ drop table x; $$",
    "delete from t where id=1",
    "update t set a=1 where b=2",
    "alter table t drop constraint c",
    "alter table t alter column c drop not null",
    "drop index x",
    "drop materialized view x",
    "drop temporary table x",
    "create function f() returns void as $$ delete from t; $$ language sql",
    "with d as (delete from t where a=1 returning *) select * from d",
    "explain delete from t",
    "create table drop_x (id int references u on delete cascade)",
    "grant delete on t to u",
    "create trigger x after delete on t",
    "insert into t select * from u on conflict do update set a=1",
    "select * from t for update",
    "match (n:User {id: 1}) delete n",
    "",
    "'",
    "/*",
]


@pytest.mark.parametrize("text", DESTROYS)
def test_statement_throws_data_away(text):
    """A table or more, or every row of one; also inside what another statement executes."""
    assert any(map(sql.destroys, sql.statements(text)))


@pytest.mark.parametrize("text", KEEPS)
def test_statement_keeps_the_data(text):
    """Words in strings, names and comments are no verbs; a condition names the rows."""
    assert not any(map(sql.destroys, sql.statements(text)))


def test_backslash_escapes_where_the_database_says_so():
    r"""MySQL reads on behind `\'`; PostgreSQL ends the string there, but not in `E'…'`."""
    text = "select '\\'; drop table x; -- '"
    assert 1 == len(sql.statements(text, escapes=True))
    assert 2 == len(sql.statements(text))
    assert 1 == len(sql.statements("select e'\\'; drop table x; -- '"))


@pytest.mark.parametrize(("text", "expected"), [("SELECT 1", "select"), ("(select 1)", "select"), ("\\dt", "dt")])
def test_verb_is_the_first_word(text, expected):
    """Brackets and a client's backslash do not count."""
    assert [expected] == [sql.verb(part) for part in sql.statements(text)]
