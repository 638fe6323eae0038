"""The collector's page for people: server-rendered, works without script; the address holds everything that is shown.

GET /                 ?q=QUERY&before=NUMBER   query, histogram by verdict, most frequent rules and people, records
GET /records/ID       one record: the decision, its rows, the rule at that revision, its chain, its session
GET /devices          revision, last seen, gaps
GET /alerts           what is wrong with chains
GET /records.csv      ?q=QUERY   what a search finds, as a file
GET /signin, POST /signin, POST /signout

`views` says what is shown, `session` who is looking, `chart` draws, `policies` finds a rule's text.
"""
