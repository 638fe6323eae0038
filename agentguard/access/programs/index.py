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
shells: cd chdir : true false test [ break continue exit return shift let getopts hash wait disown unset sleep pushd
  popd dirs type whereis umask ulimit jobs fg bg times shopt tput clear reset stty tty uptime help id groups yes which
  expr nproc uname bc dc man setopt unsetopt autoload zmodload print whence rehash zstyle zle bindkey compinit
  vared ztcp sysopen sysread syswrite sysseek zf_rm zf_mv zf_ln zf_mkdir zf_rmdir zf_chmod alias
  unalias history mapfile readarray read local bind complete compgen enable fc export
  declare typeset readonly set printenv echo printf pwd seq date whoami logname hostname
files: cp gcp mv gmv ditto install ginstall ln gln link rm grm srm rmdir unlink trash trash-put gio-trash rmtrash
  trash-rm gio shred mkdir gmkdir mkfifo mknod mktemp touch gtouch truncate fallocate chmod gchmod chown chgrp gchown
  chattr chflags lsattr setfacl setfattr getfacl getfattr xattr dd gdd tee gtee split gsplit csplit ls gls dir vdir
  lsd exa eza tree du dua df pydf stat gstat mdls mdfind locate plocate mlocate updatedb file readlink greadlink
  realpath grealpath basename dirname pathchk namei find gfind fd fdfind fzf sk open xdg-open gnome-open kde-open
  start wslview rename prename mmv vidir qmv rsnapshot xclip xsel wl-copy wl-paste screencapture scrot
  gnome-screenshot maim grim spectacle flameshot imgcat import say espeak espeak-ng spd-say textutil ioreg lsappinfo
  xcode-select lsb_release
text: cat gcat bat batcat glow mdcat most pg pv mcat viu chafa jless fx hexyl tac nl fold fmt pr expand unexpand ptx
  tsort col colrm column comm join shuf head ghead tail gtail less more wc gwc sort gsort uniq cut gcut tr gtr paste
  rev base64 gbase64 base32 basenc xxd od god hexdump hd diff gdiff colordiff sdiff diff3 icdiff difft dwdiff wdiff
  delta cmp patch gpatch md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum b3sum shasum cksum sum md5
  xxhsum crc32 gsha256sum grep egrep fgrep rgrep ggrep zgrep zegrep zfgrep xzgrep bzgrep zstdgrep rga pdfgrep ugrep ug
  rg ag ack ack-grep sift pt sed gsed awk gawk mawk nawk jq jaq gojq yq tomlq xq vim vi nvim view ex gvim rvim mvim
  vimdiff nano ed red emacs emacsclient micro helix hx kak joe jed pico subl mate code code-insiders codium pbcopy
  pbpaste gron jo jc dasel htmlq pup xsv qsv csvcut csvgrep csvlook csvsort csvstat csvjson csvstack csvformat
  csvclean csvjoin in2csv csvsql visidata vd mlr xmlstarlet xsltproc iconv recode uconv dos2unix unix2dos mac2unix
  fromdos todos enca enconv detab entab expand-tabs cal factor numfmt look ts envsubst m4 aspell hunspell ispell
git: git degit tiged gitpick giget pre-commit lefthook husky hg sl svn jj hub
carriers: sudo sudoedit doas pkexec su runuser gosu su-exec sg setpriv capsh runcon env cross-env cross-env-shell
  env-cmd nice ionice chrt taskset setarch linux32 linux64 i386 x86_64 uname26 prlimit numactl cgexec cpulimit nohup
  chronic ifne rlwrap eatmydata nocache torify torsocks tsocks proxychains proxychains4 catchsegv systemd-inhibit
  dbus-launch winpty dumb-init tini tsp sem faketime busybox toybox repeat timeout gtimeout timelimit stdbuf gstdbuf
  unbuffer setsid time gtime caffeinate systemd-run start-stop-daemon command builtin noglob nocorrect exec emulate
  eval source . trap xargs gxargs parallel pee mispipe sponge vipe flock chroot unshare nsenter bwrap firejail proot
  fakeroot fakechroot dbus-run-session xvfb-run run-parts sshpass xterm konsole gnome-terminal alacritty kitty uxterm
  run0 chpst setuidgid s6-setuidgid envuidgid softlimit setlock arch ld.so ld-linux.so.2 ld-linux-x86-64.so.2
  ld-linux-aarch64.so.1 ld-musl-x86_64.so.1 ld-musl-aarch64.so.1 zargs
sessions: tmux screen zellij at batch script scriptreplay asciinema expect tclsh wish watch watchexec entr reflex
  onchange chokidar fswatch inotifywait hyperfine concurrently nodemon start-server-and-test start-test server-test
  wait-on
runners: op doppler aws-vault saml2aws aws-okta infisical chamber envchain dotenv dotenvx direnv sops teller summon
  envconsul berglas secrethub pass gopass bw lpass keepassxc-cli kwallet-query with-env varlock keychain railway
remotes: vagrant lxc incus multipass wsl adb limactl colima minikube lima toolbox distrobox devcontainer apptainer
  singularity machinectl systemd-nspawn mosh autossh pdsh pssh parallel-ssh clush ansible salt salt-ssh salt-call
tracers: strace ltrace dtruss dtrace bpftrace valgrind callgrind_annotate ms_print cg_annotate heaptrack rr perf
  uftrace samply py-spy austin scalene gdb gdb-multiarch gcore lldb delve dlv
interpreters: sh bash zsh dash ksh rbash fish pwsh powershell python python2 python3 pypy pypy3 ipython micropython jython
  graalpy py node nodejs deno ts-node tsx ruby perl php lua luajit
  osascript java ash mksh yash csh tcsh
languages: Rscript R julia elixir iex groovy jrunscript erl sbcl clisp ecl guile racket gsi csi scheme chicken bb clojure
  clj lein-exec fennel janet ghc runghc runhaskell stack-ghc ocaml utop swift scala scala-cli kotlin kotlinc crystal nim
  raku octave gnuplot maxima nu xonsh elvish jshell irb pry psysh
build: make gmake task go-task cmake tcc gcc g++ cc c++ clang clang++ cpp just pytest py.test coverage jest vitest nyc c8 tsc
  esbuild rimraf mkdirp del-cli eslint flake8 prettier ruff black isort mypy shellcheck shfmt rustfmt clang-format pandoc
  uvicorn flask
node: npm pnpm yarn bun npx bunx pnpx
pypi: uvx pip pip2 pip3 pip-compile pip-sync uv pipx poetry pdm rye hatch flit pipenv twine conda mamba micromamba
  anaconda pixi python-build pyproject-build
packages: setup.py ensurepip rustup corepack cargo rustc go gofmt goimports gofumpt gem bundle bundler mvn mvnw sbt lein mill
  gradle gradlew dotnet nuget mix rebar3 composer luarocks cpan cpanm cpm opam nimble shards cabal stack pub raco zef
  alr vcpkg conan fpm spago elm-package pod carthage vsce ovsx changeset lerna
forges: gh glab tea berg jira acli linear
network: ssh slogin ssh-add ssh-copy-id ssh-keyscan ssh-agent scp sftp rsync nc ncat netcat nc.traditional nc.openbsd
  netcat-traditional netcat-openbsd socat telnet ftp lftp ncftp tftp smbclient ssh-import-id ncftpput ncftpget tnftp
  dig nslookup host drill delv kdig doggo dog whois ping ping6 traceroute traceroute6 tracepath mtr hping3 arping
  tcptraceroute fping nmap masscan zmap rustscan naabu ec2-metadata ec2metadata hydra medusa ncrack patator crowbar
  ipfs iperf iperf3 nuttcp ab wrk hey siege vegeta bombardier netstat
  ss
archives: tar gtar bsdtar zip unzip bsdunzip zipinfo gzip gunzip pigz unpigz bzip2 bunzip2 pbzip2 xz unxz pixz lzma
  unlzma zstd unzstd pzstd lz4 unlz4 brotli compress uncompress lzip lzop 7z 7za 7zz 7zr rar unrar cpio unsquashfs
  cabextract unar lsar innoextract rpm2cpio rpm2archive mksquashfs genisoimage mkisofs xorriso dpkg-deb asar zcat
  bzcat xzcat lzcat zstdcat lz4cat gzcat zless zmore xzless bzless zstdless zdiff zcmp xzdiff bzdiff par2 rhash
  sha256deep hashdeep restic kopia borg borgmatic duplicity
containers: docker podman nerdctl docker-compose podman-compose
clusters: kubectl k oc kubecolor microk8s.kubectl krew kustomize helm helmfile skaffold tilt argocd flux istioctl
  linkerd cilium velero kn tkn argo crossplane karmadactl rancher talosctl k0sctl rosa oc-mirror cmctl kubeseal
  kubectx kubens k9s stern kubetail kubeconform kubeval kube-linter popeye kind k3d k3s ctlptl
infra: terraform tofu terragrunt pulumi cdk cdktf ansible-playbook ansible-vault ansible-galaxy ansible-pull
  ansible-lint ansible-inventory ansible-doc ansible-config packer knife chef puppet
databases: psql pgcli mysql mariadb mycli sqlite3 litecli duckdb sqlcmd clickhouse-client clickhouse-local clickhouse
  cockroach cqlsh snowsql snow trino presto spark-sql hive impala-shell beeline usql cypher-shell sqlite-utils
  createdb createuser dropdb dropuser pg_dump pg_dumpall pg_restore pg_basebackup pg_ctl pg_ctlcluster initdb
  pg_isready psqlodbc pg_lsclusters pg_dropcluster mysqldump mariadb-dump mysqladmin mariadb-admin mysqlimport
processes: ps top htop btop pstree free vmstat iostat lscpu lsblk lspci lsusb mpstat sar iotop iftop nethogs glances
  pmap vm_stat sw_vers system_profiler lshw hwinfo inxi acpi sensors nvidia-smi rocm-smi lsmod last w who users finger
  ipcs findmnt blkid getconf getent dmesg log pidof pgrep lsof fuser journalctl coredumpctl loginctl sysctl kill pkill
  killall skill killall5 xkill kill-port fkill renice systemctl service rc-service sv s6-svc update-rc.d chkconfig
  rc-update insserv launchctl supervisorctl supervisord monit circusd pm2 forever shutdown reboot halt poweroff init
  telinit crontab
agents: claude claude-code codex gemini aider opencode cursor-agent amp copilot kiro-cli q agentguard crush cline qwen
  droid auggie openhands plandex gptme cn kimi
clouds: aws gcloud bq gsutil az azd oci doctl hcloud linode-cli ibmcloud scw exo upctl vultr-cli civo yc aliyun tccli
  openstack nova govc eksctl kops databricks copilot-cli eb sam awslocal tflocal samlocal cdklocal localstack
hosting: vercel now netlify ntl heroku fly flyctl wrangler firebase supabase serverless sls amplify surge gh-pages
  semantic-release release-it np release-please changelogithub eas expo-cli pscale neonctl render koyeb northflank
  platform upsun dokku caprover cf clever scalingo gigalixir porter stripe sentry-cli ldcli launchdarkly auth0 okta
  algolia shopify hasura convex sst zeabur deployctl kamal cap mina ionic balena particle contentful sanity strapi
  ngrok-api hcp tfc checkly datadog-ci newrelic pagerduty confluent astro-cli prefect modal turso atlas twilio
  fastlane
secrets: vault bao gpg gpg2 security age rage credstash keyring secret-tool keyctl
stores: redis-cli valkey-cli keydb-cli memcflush redis-server valkey-server memcached mongod mysqld postgres postgrest mongosh
  mongo mongodump mongoexport mongorestore mongoimport influx kafka-topics kafka-topics.sh kafka-consumer-groups
  kafka-consumer-groups.sh kafka-configs kafka-configs.sh kafka-acls kafka-acls.sh kafka-delete-records
  kafka-delete-records.sh kafka-console-consumer kafka-console-consumer.sh kafka-console-producer
  kafka-console-producer.sh kcat kafkacat mosquitto_pub
  mosquitto_sub amqp-publish rabbitmqctl rabbitmqadmin nats etcdctl consul nomad temporal pulsar-admin
  zkCli.sh rclone-admin esadmin prisma sequelize sequelize-cli typeorm typeorm-ts-node-commonjs typeorm-ts-node-esm
  knex mikro-orm node-pg-migrate db-migrate umzug drizzle-kit alembic flyway liquibase migrate goose golang-migrate
  dbmate sqlx diesel sea-orm-cli sqitch tern refinery rails rake artisan console symfony django-admin manage.py dbt wp drush
systems: apt apt-get aptitude dnf dnf5 microdnf yum apk zypper opkg tdnf apt-cache apt-mark apt-file apt-config
  apt-key add-apt-repository dpkg rpm pacman yay paru pamac emerge xbps-install xbps-remove brew port mas flatpak snap
  snapcraft winget choco scoop nix nix-env nix-shell nix-build nix-channel nix-collect-garbage nix-store guix nvm fnm
  volta asdf mise rtx pyenv rbenv nodenv goenv jenv tfenv tfswitch rustup-init sdk proto vfox kerl zoxide starship
  atuin thefuck pkgutil installer softwareupdate pkg pkgin
machine: useradd adduser userdel deluser usermod groupadd groupdel groupmod gpasswd addgroup delgroup newusers chage
  vipw vigr passwd chpasswd chsh chfn visudo dscl sysadminctl dseditgroup pwpolicy fdesetup profiles systemsetup
  scutil pmset networksetup tmutil diskutil setcap getcap setenforce semanage setsebool semodule restorecon chcon
  apparmor_parser aa-disable aa-complain aa-enforce aa-status auditctl csrutil spctl tccutil kextload kextunload
  kmutil nvram bless insmod rmmod modprobe kexec xhost iptables ip6tables iptables-restore iptables-save ebtables
  arptables nft ufw firewall-cmd pfctl timedatectl hostnamectl localectl hwclock ntpdate sntp chronyc ntpq
  update-alternatives alternatives ldconfig swapoff swapon mkswap zramctl fsfreeze losetup dpkg-reconfigure
  update-initramfs update-grub grub-install grub-mkconfig dracut depmod efibootmgr mokutil plymouth flashrom fwupdmgr
  nvme hdparm smartctl ipmitool nmcli resolvectl networkctl ip ifconfig route arp brctl ethtool iw iwconfig airport
  nettop defaults fastboot ttyd gotty tmate sshx upterm wetty shellinaboxd x11vnc vncserver x0vncserver tailscale bore
  frpc chisel localtunnel lt zrok pagekite serveo expose localhost.run darkhttpd twistd webfsd thttpd mini_httpd
  lighttpd miniserve simple-http-server live-server browser-sync dockerd jupyter jupyter-lab jupyter-notebook
  redis-sentinel pastebinit dpaste sprunge termbin ix wormhole croc transfer ffsend magic-wormhole figlet toilet
  cowsay cowthink banner lolcat boxes fortune cmatrix esptool esptool.py mpremote picocom minicom avrdude
  arduino-cli ampy rshell openocd st-flash dfu-util probe-rs
windows: cmd cmd.exe del erase rd deltree format diskpart cipher sdelete fsutil reg reg.exe schtasks schtasks.exe net
  net.exe net1 sc sc.exe icacls icacls.exe takeown cacls attrib bcdedit bcdedit.exe vssadmin wbadmin wevtutil
  wevtutil.exe taskkill taskkill.exe tskill tasklist tasklist.exe systeminfo systeminfo.exe ipconfig ipconfig.exe
  whoami.exe where.exe ver driverquery hostname.exe getmac nbtstat netstat.exe wmic wmic.exe certutil.exe bitsadmin
  bitsadmin.exe mshta mshta.exe regsvr32 regsvr32.exe rundll32 rundll32.exe msiexec msiexec.exe installutil cscript
  wscript netsh netsh.exe setx setx.exe msbuild devenv csc vbc robocopy robocopy.exe xcopy xcopy.exe
tools: ninja samu meson xmake scons waf tup redo b2 premake5 autoreconf autoconf automake libtool pkg-config configure
  ctest cpack bazel bazelisk blaze buck buck2 pants please plz ant scalac groovyc javac javap jar jlink jpackage jdeps
  javadoc swiftc swiftlint swiftformat swift-format xcodebuild xcrun flutter dart elixirc erlc dialyzer ghci hlint
  ormolu fourmolu stylish-haskell hindent ocamlfind ocamlformat ocamlc ocamlopt dune esy reason nimpretty ameba zig
  zls odin vlang gleam purs elm elm-test elm-format elm-review racket-fmt clj-kondo cljfmt shadow-cljs boot fortls
  gfortran fprettify nvcc hipcc ispc cobc gnatmake fpc dmd ldc2 rdmd matlab octave-cli vite webpack webpack-cli rollup
  parcel esbuild-register swc tsup unbuild rspack rsbuild rolldown tsdown microbundle wmr snowpack metro bili pkgroll
  ncc size-limit bundlesize source-map-explorer next nuxt nuxi astro gatsby remix svelte-kit ng vue-cli-service
  react-scripts craco expo quasar gridsome eleventy docusaurus vitepress vuepress storybook start-storybook
  build-storybook hexo 11ty redwood solid-start qwik analog tauri electron-builder electron-forge electron wxt plasmo
  react-native nativescript ng-packagr sapper umi turbo nx rush moon wireit lage bit-cli preconstruct beachball mocha
  ava tap tape jasmine karma cypress playwright wdio testcafe nightwatch newman artillery k6 autocannon bats
  cucumber-js stryker web-test-runner wtr uvu lighthouse lhci pa11y backstop loki detox maestro qunit japa stylelint
  biome oxlint xo standard tslint dprint rome markdownlint markdownlint-cli2 cspell alex commitlint knip depcheck
  ts-prune madge publint attw sort-package-json syncpack htmlhint jsonlint yamllint ansible-later hadolint dclint
  sqlfluff sqlfmt pylint pyflakes pycodestyle pydocstyle bandit vulture radon autopep8 yapf pyupgrade docformatter
  codespell darglint pyright basedpyright pytype pyre ty djlint curlylint taplo buildifier stylua luacheck selene
  golangci-lint staticcheck revive gosec errcheck ktlint detekt checkstyle pmd spotbugs scalafmt scalafix rubocop
  standardrb reek brakeman erb-lint erblint haml-lint slim-lint phpcs phpcbf phpstan psalm phpmd php-cs-fixer pint
  rector cppcheck clang-tidy cpplint include-what-you-use iwyu uncrustify astyle nixfmt alejandra statix deadnix typos
  vale proselint textlint misspell mdformat cfn-lint tflint tfsec checkov kube-score conftest opa trivy grype syft
  semgrep gitleaks trufflehog detect-secrets zizmor actionlint promtool spectral redocly swagger-cli protolint buf
  prototool graphql-inspector xmllint tidy html-validate svgo eslint_d prettierd lintr styler terraform-docs
  cargo-deny cargo-audit pip-audit safety npm-check-updates ncu license-checker dotenv-linter tox nox rspec minitest
  cucumber spring guard foreman forego honcho overmind hivemind puma unicorn rackup jekyll middleman nanoc yard rdoc sidekiq
  phpunit
  pest codecept behat paratest infection phpdoc box deployer dep protoc sphinx-build sphinx-quickstart mkdocs hugo
  zola mdbook asciidoctor jsonnet doxygen typedoc jsdoc redoc-cli pdoc pydoc bibtex biber tectonic typst quarto jupyter-book
  antora plantuml mmdc dot graphviz d2 pdflatex xelatex lualatex latexmk latex tex luatex groff troff nroff mandoc
  gunicorn daphne hypercorn granian celery flower dramatiq rq huey airflow dagster luigi streamlit gradio chainlit
  panel bokeh mlflow tensorboard wandb dvc locust scrapy fastapi litestar quart sanic django-rq pre-commit-uv
  cmake-format gcov lcov gcovr llvm-cov llvm-profdata gprof objdump nm readelf ldd size ar ranlib strip objcopy
  addr2line c++filt ld as dsymutil otool lipo install_name_tool codesign codemod jscodeshift ast-grep comby jscpd cloc
  tokei scc sloccount onefetch loc git-sizer dust gdu ncdu procs duf bandwhich mage invoke inv doit act goreleaser
  identify convert magick montage composite compare animate display mogrify conjure stream gm
web: lwp-request GET HEAD POST PUT lwp-download lwp-mirror fetch curl wget wget2 http https xh xhs curlie aria2c axel
  hurl lynx w3m links elinks grpcurl websocat wscat
servers: http-server lite-server serve sirv static-server warp-serve dufs twist nginx httpd apache2 haproxy squid
  envoy traefik dnsmasq teleconsole caddy ngrok cloudflared telebit inlets playit devtunnel pinggy tunnelmole tmole gost
  wstunnel sshuttle tcpdump tshark dumpcap tcpflow ngrep wireshark termshark systemd-resolve bridge tc iptables-legacy
  iptables-nft ip6tables-save nstat ifstat bmon iwlist ip6tables-restore ipset ifup ifdown dhclient wg wg-quick
  openvpn wpa_supplicant rfkill
senders: mail mailx s-nail mutt neomutt sendmail msmtp ssmtp exim postfix-sendmail nullmailer-inject swaks sendemail
  mailsend rclone s3cmd s4cmd mc s5cmd azcopy transfer.sh filebin plik onionshare dropbox gdrive skicka onedrive
  mega-put skopeo crane
  regctl oras gist gist-paste hastebin paste-rs
keys: openssl ssh-keygen mkcert age-keygen certutil
disks: mount umount fstrim eject partprobe vgchange vgreduce lvchange lvreduce lvextend lvresize vgextend
  pvresize xfs_growfs resize2fs
  xfs_admin e2fsck fsck fsck.ext4 fsck.xfs xfs_repair mdadm dmsetup kpartx tune2fs e2label mkfs mkfs.ext2 mkfs.ext3
  mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.fat mkfs.vfat mkfs.ntfs mkfs.exfat mke2fs newfs newfs_apfs newfs_hfs newfs_msdos
  wipefs blkdiscard badblocks parted fdisk cfdisk gdisk sfdisk sgdisk cryptsetup pvremove vgremove lvremove pvcreate
  vgcreate lvcreate pvs vgs lvs pvdisplay vgdisplay lvdisplay swaplabel dumpe2fs xfs_info isoinfo zfs zpool btrfs sync
  hdiutil plutil
binaries: strings patchelf upx
"""


_found: dict[str, list[str]] = {}
_entries: dict[str, dict[str, Any] | None] = {}
_family: dict[str, str] = {}
_modules: dict[str, dict[str, Any]] = {}
_KEPT = 10_000  # names that are no program's, of which that is kept


def families() -> dict[str, list[str]]:
    """Return the names of the tables, and the programs of each. Kept, so nobody changes it."""
    found = _found
    if found:
        return found
    for line in _FAMILIES.strip("\n").split("\n"):
        names = line.split()
        if line[:1] != " ":
            family = names.pop(0)[:-1]
        found.setdefault(family, []).extend(names)
    return found


def family(name: str) -> str:
    """Return the table that a program stands in, "" where it has no entry."""
    found = _family.get(name)
    if found is None:
        if len(_family) >= _KEPT:
            _family.clear()
        found = _family[name] = next((table_name for table_name, names in families().items() if name in names), "")
    return found


def entry(name: str) -> dict[str, Any] | None:
    """Return the entry of a program, None where there is none. Kept, so nobody changes it."""
    if name in _entries:
        return _entries[name]
    where = family(name) if name and name in _FAMILIES else ""
    found = table.entry(module(f"tables.{where}")["TABLE"], name) if where else None
    if len(_entries) >= _KEPT:
        _entries.clear()
    _entries[name] = found = None if found is None else like(found)
    return found


def usual(name: str) -> str:
    """Return the name that a program has in the tables, which may be called with a version or as of Windows.

    `python3.12`, `clang-18`, `ruby3.3`, `python3.13t`, `node.exe`. A number alone is a version of interpreters only.
    """
    name = name.removesuffix(".exe")
    if not name or name in _FAMILIES:
        return name
    bare = name.removesuffix("t").rstrip("0123456789.")
    version = name[len(bare) :]
    bare = bare.removesuffix("-")
    if not version or not bare:
        return name
    where = family(bare)
    return (
        bare
        if where in ("interpreters", "languages") or (where and ("." in version or bare + version != name))
        else name
    )


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
    found = _modules.get(name)
    if found is None:
        found = _modules[name] = vars(__import__(f"agentguard.access.programs.{name}", fromlist=["TABLE"]))
    return found
