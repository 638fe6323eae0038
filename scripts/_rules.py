"""Policies of many rules, as an organisation of many teams might write them, for what is measured about their number."""

import os

# One condition of each sort a rule can be filed by, and some that many rules share; {t} is the team.
_SHAPES = (
    'action = ["write", "delete"]\npath = ["{{project}}/services/{t}/**"]',
    'action = ["read", "write"]\npath = ["**/{t}.key", "~/.{t}/**"]',
    'action = "write"\npath = ["/srv/{t}/**", "/etc/{t}.conf"]',
    'action = "execute"\ncommand = ["{t}ctl deploy", "{t}ctl destroy"]',
    'action = "execute"\ncommand = "{t}-admin"\nflags = "--force"',
    'action = "connect"\nhost = ["*.{t}.example", "{t}.internal.example"]',
    'action = "mcp"\nserver = "{t}"\nmcp_tool = ["delete_*", "drop_*"]',
    'trait = "publishes"\npackage = "@{t}/*"',
    'action = "execute"\ntrait = "destroys-data"\ncommand = ["psql", "mysql"]\nargs = "*{t}*"',
    'action = "execute"\ncommand = "git push"\nref = "release/{t}-*"',
)
_RULE = """
[[rule]]
id = "{t}/rule-{shape}"
effect = "deny"
{conditions}
severity = "medium"
owner = "platform-security"
reason = "This belongs to {t}: number {number} of the things that other teams do not change by themselves."
remedy = "Ask in the channel of {t}, or open a change request there."
"""
_FILE = 1000  # rules


def write(folder, count):
    """Write a policy folder with this many rules."""
    os.makedirs(os.path.join(folder, "rules"))
    with open(os.path.join(folder, "bundle.toml"), "w", encoding="ascii") as file:
        file.write(f'schema = 1\nname = "rules-{count}"\nmode = "enforce"\n')
    for start in range(0, count, _FILE):
        with open(os.path.join(folder, "rules", f"{start:06}.toml"), "w", encoding="ascii") as file:
            file.write("".join(_rule(number) for number in range(start, min(start + _FILE, count))))


def _rule(number):
    team, shape = divmod(number, len(_SHAPES))
    conditions = _SHAPES[shape].format(t=f"team-{team}")
    return _RULE.format(t=f"team-{team}", shape=shape, conditions=conditions, number=number)
