"""What the campaigns of `scripts/soak` share: an organisation and an installed laptop beneath one folder."""

import hashlib
import json
import os
import subprocess
import sys

from agentguard import places

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PLAIN = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
BASELINE = os.path.join(ROOT, "bundles", "baseline")
MOST_FOUND = 20  # findings kept a campaign


def agentguard(*words):
    """Run one command and return its output."""
    argv = [sys.executable, "-m", "agentguard", *words]
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


def laptop(folder, policy=BASELINE):
    """Publish a policy, enrol beneath `folder`/home and install; return (places, argv of the hook)."""
    publisher, home = os.path.join(folder, "publisher"), os.path.join(folder, "home")
    os.makedirs(os.path.join(home, "project"))

    agentguard("bundle", "init", publisher, "--solo", "--org", "acme", "--no-passphrase")
    agentguard("bundle", "publish", policy, "--to", publisher)
    with open(os.path.join(publisher, "repo", "1.root.json"), "rb") as root:
        digest = hashlib.sha256(root.read()).hexdigest()
    agentguard("enroll", os.path.join(publisher, "repo"), "--root-sha256", digest, "--home", home)
    agentguard("install", "--user", "--home", home)
    return places.personal(home), json.loads(agentguard("hook-command", "--json", "--home", home))
