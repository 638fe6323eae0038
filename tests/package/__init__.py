"""The Debian package, installed by dpkg on machines of its own: started by scripts/e2e-package.

machine.py      what a scenario does to a machine: dpkg, the hook, a call through it
rollout.py      machines that get the package: what is in force, without network too
lifecycle.py    upgrade while hooks run, downgrade, removal, reinstallation, purge
interpreter.py  the system's Python is taken away or changed; an interpreter of its own
attack.py       what the launcher closes
test_*.py       what needs neither dpkg nor the client, started by pytest
"""

from package import attack, interpreter, lifecycle, rollout

SCENARIOS = (*rollout.SCENARIOS, *lifecycle.SCENARIOS, *interpreter.SCENARIOS, *attack.SCENARIOS)
