"""Other coding agents: a session that they start may run without these rules."""

TABLE = r"""
claude claude-code
  options  -p,--print -c,--continue -r,--resume=text? --model=text --allowedTools=text --disallowedTools=text
           --dangerously-skip-permissions --permission-mode=text --settings=text --mcp-config=read
           --append-system-prompt=text --system-prompt=text --add-dir=read --output-format=text --input-format=text
           --max-turns=text --session-id=text --agents=text --fallback-model=text --verbose --ide
           --setting-sources=text --bare --safe-mode --restricted
  run      agents.starts
  may      starts-agent

codex
  options  -m=text -C,--cd=enter -a=text -s,--sandbox=text -c=text -p=text -i=read --full-auto --yolo
  run      agents.starts
  may      starts-agent

gemini
  options  -p,--prompt=text -m=text -y,--yolo -i=text -s --approval-mode=text
  run      agents.starts
  may      starts-agent

aider
  options  -m,--message=text -f,--message-file=read --model=text --read=read --yes --yes-always
  run      agents.starts
  may      starts-agent

copilot
  options  -p,--prompt=text --model=text --allow-all-tools --allow-all-paths --allow-tool=text --deny-tool=text --resume=text?
           --add-dir=read -n,--name=text -a,--app=text -e,--env=text
  run      agents.starts
  may      destroys-infrastructure publishes starts-agent

opencode cursor-agent amp kiro-cli q crush cline qwen droid auggie openhands plandex gptme cn kimi
  run      agents.starts
  may      starts-agent

agentguard
  options  --home=text --json
  > quickstart enforce
    options  --passphrase-file=read
  > install
    options  --user --system
  > uninstall
    options  --user --purge
  > enroll
    options  --root-sha256=text --from=text --collector=text --enrol-secret-file=read --replace
  > sync
    options  --from=text --background
  > bundle
    >> publish
      options  --to=text --mode=text --passphrase-file=read
  > exception
    >> grant install revoke request list
  > policy audit deploy collector
    >> *
"""
