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
  hash umask ulimit wait jobs fg bg disown times caller shopt unset sleep yes tput clear reset stty tty factor cal
  uptime info help apropos id groups last who w getconf expr nproc uname arch uuidgen bc man alias unalias bind
  complete compgen enable history fc logout mapfile readarray read local suspend autoload setopt unsetopt zstyle
  export declare typeset readonly set printenv echo printf pwd seq date whoami logname hostname
files: cp mv install ln rm srm rmdir unlink shred trash mkdir mkfifo mknod mktemp touch truncate chmod chown chgrp
  chattr setfacl xattr dd tee split csplit ls exa eza lsd tree du df stat file readlink realpath basename dirname find
  gfind fd fdfind locate mdfind rename open xdg-open mount umount mkfs mkfs.ext4 mkswap wipefs fdisk parted diskutil
text: cat tac nl head tail less more most bat batcat wc sort uniq cut tr rev paste join comm fold fmt column expand
  unexpand shuf tsort iconv strings base64 base32 xxd od hexdump hd diff colordiff diff3 sdiff cmp patch md5sum
  sha1sum sha224sum sha256sum sha384sum sha512sum b2sum shasum cksum sum md5 grep egrep fgrep ggrep rgrep zgrep rg ag
  ack sed gsed awk gawk mawk nawk jq gojq jaq yq xmllint vim vi nvim view ex gvim vimdiff nano emacs ed code pbcopy
  pbpaste pr zcat bzcat xzcat zstdcat zless gzcat zmore plutil defaults
git: git hub gitk lazygit pre-commit husky lefthook tig
carriers: sudo doas pkexec run0 su runuser env nice ionice chrt taskset nohup firejail busybox toybox timeout gtimeout
  stdbuf unbuffer setsid time gtime caffeinate systemd-inhibit systemd-run watch entr command builtin noglob nocorrect
  exec eval cross-env-shell source . trap xargs gxargs parallel flock script chroot unshare nsenter setpriv fakeroot
  proot bwrap strace ltrace dtruss perf valgrind gdb lldb direnv dotenv dotenvx op doppler aws-vault tmux screen at
  batch hyperfine concurrently npm-run-all run-p run-s cross-env nodemon watchexec expect
interpreters: sh bash zsh dash ksh ash mksh rbash fish pwsh powershell nu xonsh tclsh cmd python python2 python3 pypy
  pypy3 ipython python3.9 python3.10 python3.11 python3.12 python3.13 python3.14 node nodejs deno ts-node tsx ruby irb
  perl php lua luajit luau Rscript R julia elixir erl ghc runghc osascript groovy scala kotlin jshell java
build: make gmake ninja cmake pod dart gcc g++ cc c++ clang clang++ ld as javac just task pytest py.test coverage jest
  vitest mocha nyc c8 tsc esbuild rimraf mkdirp del-cli tailwindcss eslint stylelint oxlint tslint autopep8 yapf
  flake8 pyflakes bandit vulture markdownlint rubocop ktlint biome prettier ruff black isort pylint mypy pytype
  pyright basedpyright shellcheck shfmt hadolint yamllint actionlint clang-tidy cppcheck rustfmt clang-format protoc
  sphinx-build mkdocs pandoc convert magick ffprobe ffmpeg uvicorn hypercorn daphne gunicorn flask
node: npm pnpm yarn bun npx bunx pnpx
pypi: uvx pip pip2 pip3 pip-compile pip-sync uv pipx poetry pdm rye hatch pipenv twine conda mamba micromamba
packages: ensurepip rustup asdf nvm fnm corepack flit pub changeset vsce cargo rustc go gofmt goimports gem bundle
  bundler composer mvn mvnw sbt lein gradle gradlew dotnet nuget mix brew apt apt-get aptitude dnf yum apk zypper snap
  flatpak port choco scoop winget apt-cache pacman dpkg rpm nix nix-shell nix-env mise volta pyenv rbenv lerna
  semantic-release np goreleaser
forges: gh glab
network: curl wget http https xh xhs aria2c lynx links elinks w3m ssh autossh mosh sshpass ssh-copy-id ssh-keygen
  ssh-add ssh-keyscan ssh-agent scp sftp rsync rclone nc ncat netcat socat telnet ftp tftp lftp dig drill kdig delv
  dog resolvectl nslookup host whois ping ping6 fping mtr traceroute tracepath arping nmap openssl ifconfig ip route
  arp netstat ss iptables ngrok cloudflared localtunnel lt mail mailx mutt sendmail msmtp swaks http-server serve
archives: tar gtar bsdtar zip unzip gzip gunzip pigz bzip2 bunzip2 xz unxz lzma zstd unzstd lz4 brotli compress
  uncompress 7z 7za 7zz unrar rar cpio ar jar
containers: docker podman nerdctl docker-compose podman-compose k9s kubectx kubens
clusters: kubectl k oc microk8s stern helm kind minikube k3d skopeo vagrant lxc argocd
infra: terraform tofu terragrunt pulumi cdk serverless sls sst ansible-playbook ansible aws gcloud gsutil vercel surge
  gh-pages vault sops age gpg pass security secret-tool keyring bw
databases: psql pgcli mysql mariadb mycli sqlite3 sqlite litecli duckdb sqlcmd clickhouse-client cockroach cqlsh bq
  snowsql redis-cli valkey-cli mongosh mongo mongodump mongorestore mongoimport mongoexport dropdb dropuser createdb
  pg_dump pg_dumpall pg_restore mysqldump mysqladmin influx etcdctl kafka-topics kafka-topics.sh rabbitmqctl prisma
  drizzle-kit sequelize sequelize-cli typeorm knex alembic flyway liquibase goose dbmate rails artisan rake
  django-admin manage.py dbt
processes: ps top htop btop pstree pidof free vmstat iostat dmesg log lscpu lsblk lspci lsusb atq pgrep lsof fuser
  journalctl sysctl kill pkill killall skill xkill killall5 kill-port fkill renice systemctl service launchctl
  rc-service rc-update initctl update-rc.d chkconfig sv loginctl shutdown reboot halt poweroff init telinit atrm
  supervisorctl pm2 crontab useradd userdel usermod groupadd groupdel passwd chpasswd visudo adduser deluser chsh
  gpasswd setenforce ufw firewall-cmd nft modprobe insmod rmmod csrutil spctl tccutil dscl swapon swapoff hostnamectl
  timedatectl update-alternatives ldconfig
agents: claude claude-code codex gemini aider opencode cursor-agent amp goose-agent qwen crush auggie droid copilot
  kiro-cli q plandex openhands cline roo interpreter sgpt llm ollama agentguard mods
"""


def entry(name: str) -> dict[str, Any] | None:
    """Return the entry of a program, None where there is none."""
    if not name or name not in _FAMILIES:
        return None
    family = ""
    for line in _FAMILIES.split("\n"):
        names = line.split()
        if line[:1] != " " and names:
            family = names.pop(0)[:-1]
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
