"""Which table holds which program. A table is loaded when one of its programs is called.

The names stand here a second time, so that no other table has to be loaded to find one.
"""

from __future__ import annotations

from agentguard.access.programs import table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The programs of each table.
_FAMILIES = """
shells: cd chdir pushd popd dirs : true false test [ break continue exit return shift let getopts type which whereis
  hash umask ulimit wait jobs fg bg disown times shopt unset sleep yes tput clear reset stty tty expr uptime bc man
  help nproc alias unalias bind complete compgen enable history mapfile readarray read local export declare typeset
  readonly set printenv fc echo printf pwd seq date whoami logname id groups hostname uname
files: cp mv install ln rm rmdir unlink shred mkdir mkfifo mknod mktemp touch truncate chmod chown chgrp dd tee split ls eza
  tree du df stat file readlink realpath basename dirname find gfind fd fdfind open xdg-open mount umount mkfs mkfs.ext4
  wipefs
text: cat tac nl head tail less more wc sort uniq cut tr rev paste strings base64 xxd od hexdump diff cmp patch md5sum
  sha1sum sha224sum sha256sum sha384sum sha512sum b2sum shasum cksum sum md5 grep egrep fgrep rgrep zgrep rg ag sed
  gsed awk gawk mawk nawk jq yq vim vi nvim view nano ed code pbcopy pbpaste zcat bzcat xzcat
git: git pre-commit husky lefthook
carriers: sudo sudoedit doas pkexec su runuser gosu su-exec sg setpriv capsh runcon env cross-env cross-env-shell
  env-cmd nice ionice chrt taskset setarch linux32 linux64 i386 x86_64 uname26 prlimit numactl cgexec cpulimit nohup
  chronic ifne rlwrap eatmydata nocache torify torsocks tsocks proxychains proxychains4 catchsegv systemd-inhibit
  dbus-launch winpty dumb-init tini tsp sem faketime busybox toybox timeout gtimeout timelimit stdbuf gstdbuf unbuffer
  setsid time gtime caffeinate systemd-run start-stop-daemon command builtin noglob nocorrect exec eval source . trap
  xargs gxargs parallel pee mispipe sponge vipe flock chroot unshare nsenter bwrap firejail proot fakeroot fakechroot
  dbus-run-session xvfb-run run-parts sshpass xterm konsole gnome-terminal alacritty kitty uxterm
sessions: tmux screen zellij at batch script scriptreplay asciinema expect tclsh wish watch watchexec entr reflex
  onchange chokidar fswatch inotifywait hyperfine concurrently nodemon start-server-and-test start-test server-test
  wait-on
runners: op doppler aws-vault saml2aws aws-okta infisical chamber envchain dotenv dotenvx direnv sops teller summon
  envconsul berglas secrethub pass gopass bw lpass keepassxc-cli with-env varlock keychain railway
remotes: vagrant lxc incus multipass wsl adb heroku fly flyctl limactl colima minikube lima toolbox distrobox
  devcontainer apptainer singularity machinectl systemd-nspawn flatpak mosh autossh pdsh pssh parallel-ssh clush
  ansible salt salt-ssh salt-call
tracers: strace ltrace dtruss dtrace bpftrace valgrind callgrind_annotate ms_print cg_annotate heaptrack rr perf
  uftrace samply py-spy austin scalene gdb gdb-multiarch lldb delve dlv
interpreters: sh bash zsh dash ksh rbash fish pwsh powershell python python2 python3 pypy pypy3 ipython python3.9
  python3.10 python3.11 python3.12 python3.13 python3.14 node nodejs deno ts-node tsx ruby perl php lua luajit
  osascript java
build: make gmake cmake gcc g++ cc c++ clang clang++ just pytest py.test coverage jest vitest nyc c8 tsc esbuild
  rimraf mkdirp del-cli eslint prettier ruff black isort flake8 mypy shellcheck shfmt rustfmt clang-format pandoc
  uvicorn flask
node: npm pnpm yarn bun npx bunx pnpx
pypi: uvx pip pip2 pip3 pip-compile pip-sync uv pipx poetry pdm rye hatch pipenv twine conda mamba micromamba
packages: ensurepip cargo rustup rustc go gofmt goimports gem bundle bundler mvn gradle mvnw gradlew sbt lein dotnet
  mix brew apt apt-get apt-cache dnf yum apk dpkg asdf nvm fnm corepack pyenv rbenv nodenv zoxide starship opam
  mise
forges: gh glab
network: curl wget http aria2c ssh slogin ssh-keygen ssh-add ssh-agent scp sftp rsync nc ncat netcat socat telnet ftp dig
  nslookup host whois ping traceroute nmap openssl netstat ss ngrok cloudflared mail sendmail http-server serve
archives: tar gtar bsdtar zip unzip gzip gunzip pigz bzip2 bunzip2 xz unxz zstd unzstd 7z
containers: docker podman nerdctl docker-compose podman-compose
clusters: kubectl k oc helm
infra: terraform tofu pulumi cdk aws gcloud gsutil vercel vault gpg security
databases: psql mysql mariadb sqlite3 duckdb redis-cli valkey-cli mongosh mongo dropdb pg_dump pg_dumpall mysqldump
  prisma sequelize sequelize-cli alembic rails rake artisan django-admin manage.py
processes: ps top htop btop pstree pgrep pidof lsof fuser free vmstat iostat dmesg journalctl log sysctl lscpu lsblk
  lspci lsusb kill pkill killall kill-port renice systemctl service launchctl supervisorctl pm2 shutdown reboot halt
  poweroff crontab useradd userdel usermod groupadd groupdel passwd chpasswd ufw firewall-cmd nft modprobe
agents: claude claude-code codex gemini aider opencode cursor-agent amp copilot kiro-cli q agentguard
"""


def families() -> dict[str, list[str]]:
    """Return the names of the tables, and the programs of each."""
    found: dict[str, list[str]] = {}
    for line in _FAMILIES.strip("\n").split("\n"):
        names = line.split()
        if line[:1] != " ":
            family = names.pop(0)[:-1]
        found.setdefault(family, []).extend(names)
    return found


def entry(name: str) -> dict[str, Any] | None:
    """Return the entry of a program, None where there is none."""
    if not name or name not in _FAMILIES:
        return None
    for family, names in families().items():
        if name in names:
            found = table.entry(module(f"tables.{family}")["TABLE"], name)
            return None if found is None else like(found)
    return None


def like(found: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with everything added that it takes from another one."""
    if "like" not in found:
        return found
    program, *subs = found["like"].split()
    base = entry(program) or {}
    for sub in subs:
        base = like(base["sub"][sub])
    done = {**base, **found, "options": f"{base.get('options', '')} {found.get('options', '')}"}
    if "sub" in base:
        done["sub"] = {**base["sub"], **found.get("sub", {})}
    del done["like"]
    return done


def module(name: str) -> dict[str, Any]:
    """Return the namespace of a module of this package, loaded on demand and without importlib."""
    return vars(__import__(f"agentguard.access.programs.{name}", fromlist=["TABLE"]))
