"""Package managers of systems, and managers of versions: apt(8), dnf(8), brew(1), nix(1), nvm, asdf, mise and kin."""

TABLE = r"""
apt apt-get aptitude dnf dnf5 microdnf yum apk zypper opkg tdnf
  options  -y,--yes,--assume-yes -q,--quiet -t=text -o=text -c=read --no-install-recommends -s,--dry-run!read-only
           --simulate!read-only --just-print!read-only --no-cache -U --repo=text --enablerepo=text --disablerepo=text
           --allow-downgrades --reinstall --virtual=text -X,--repository=url!foreign-package --releasever=text
           --allow-unauthenticated!skips-checks --nogpgcheck!skips-checks --allow-untrusted!skips-checks
           --no-gpg-checks!skips-checks
  > install reinstall add in localinstall groupinstall
    operands spec*
  > remove uninstall del erase rm groupremove
    options  --purge --rdepends
    operands package*
    traits   removes-package
  > purge autoremove autopurge
    operands package*
    traits   removes-package
  > update upgrade dist-upgrade full-upgrade download source ref refresh up dup patch fix
    operands package*
  > build-dep clean autoclean makecache mark config-manager module versionlock
    operands text*
  > addrepo ar
    operands url text
    traits   foreign-package
  > copr
    traits   foreign-package
  > search list show info policy depends rdepends provides whatprovides check-update history se if lr repolist wp \
      changelog deplist repoquery stats audit
    traits   read-only

apt-cache apt-mark apt-file apt-config apt-key
  > search show policy depends rdepends showpkg madison pkgnames stats showmanual showauto list update find
    traits   read-only
  > add adv
    operands text*
    traits   foreign-package
  > hold unhold auto manual dump del

add-apt-repository
  options  -r,--remove -y,--yes -n,--no-update -u,--update -L,--list!read-only -S=text -P=text -U=text -C=text -p=text
  operands text
  traits   foreign-package^-r,--remove,-L,--list

dpkg
  options  -i,--install=spec -r,--remove=package!removes-package -P,--purge=package!removes-package -l,--list -L=text
           -s=text -S=text -x=read --configure=text -c=read -I=read -e=read --print-architecture --get-selections
           --force-all -a
  may      foreign-package

rpm
  options  -i,--install -U,--upgrade -F,--freshen -e,--erase -q,--query -a,--all -l -f,--file=text -p=read -v -h
           --nodeps --force --import -V,--verify --nosignature!skips-checks --test!read-only --qf=text -R
  run      systems.rpm
  may      foreign-package removes-package

pacman yay paru pamac
  options  -S,--sync -R,--remove -Q,--query -U,--upgrade -F -T -D -y,--refresh -u,--sysupgrade -s,--search -i,--info
           -n,--nosave -c,--cascade --noconfirm -l,--list -o=text -q -p,--print!read-only --needed -r=text
  run      systems.pacman
  may      foreign-package removes-package

emerge
  options  -a,--ask -p,--pretend!read-only -C,--unmerge!removes-package -c,--depclean!removes-package -u -D -N -s,--search
           --sync -1
  operands package*

xbps-install
  options  -S -u -y -n!read-only -R=url!foreign-package
  operands package*

xbps-remove
  options  -R -o -O -y -n!read-only
  operands package*
  traits   removes-package

brew
  options  -q,--quiet -v,--verbose --cask --formula --force -f -n,--dry-run!read-only --HEAD --prefix --cellar --cache
  > install reinstall
    options  --appdir=write --build-from-source -s --overwrite
    operands spec*
    run      packages.brews
  > uninstall remove rm
    options  --zap!destroys-data --ignore-dependencies
    operands package*
    traits   removes-package
  > autoremove cleanup
    traits   removes-package
  > update upgrade fetch pin unpin link unlink completions analytics
    options  --greedy
    operands text*
  > bundle
    options  --file=text
    >> dump install check list
      options  --file=text -f
  > search list ls info desc deps leaves doctor config cat home uses outdated missing --prefix --version commands options
    traits   read-only
  > tap
    operands package text
    traits   foreign-package
  > untap tap-info
  > services
    >> list info
      traits   read-only
    >> start stop restart run kill cleanup
      traits   controls-service
  > shellenv
    output   nothing
  > create edit extract bump-formula-pr audit style test

port
  options  -v -q -n -f -u -y!read-only
  > install upgrade
    operands package*
  > uninstall
    operands package*
    traits   removes-package
  > search list info installed outdated contents deps variants
    traits   read-only
  > selfupdate sync select clean

mas
  > install purchase upgrade signin
  > uninstall
    operands package
    traits   removes-package
  > list search outdated info version account
    traits   read-only

flatpak
  like     snap
  > run
    options  --command=text --branch=text --arch=text --filesystem=text --env=text --cwd=text --share=text
             --socket=text --device=text
    stop
    run      containers.flatpak

snap
  options  -y --user --system -v
  > install
    options  --classic --devmode --dangerous!foreign-package --channel=text --from=url!foreign-package --edge --beta
             --bundle
    operands spec*
    run      systems.flatpak
  > remove uninstall
    options  --purge --unused --all --delete-data!destroys-data
    operands package*
    traits   removes-package
  > run
    operands text text*
    stop
  > list find search info services changes version history remotes connections
    traits   read-only
  > remote-add
    options  --if-not-exists --no-gpg-verify!skips-checks
    operands text url
    traits   foreign-package
  > stop start restart
    traits   controls-service
  > update refresh connect disconnect set override revert alias

snapcraft
  > upload push release promote close register
    options  --release=text
    operands guess*
    traits   publishes
  > pack build clean login status list

winget choco scoop
  options  -y -s,--source=text -e,--exact --id=text --silent -h --what-if!read-only --noop!read-only --whatif!read-only
  > install add
    operands spec*
  > uninstall remove
    operands package*
    traits   removes-package
  > upgrade update export import pin config cleanup reset
    options  -o,--output=write --all
    operands text*
  > source
    >> add
      operands text*
      traits   foreign-package
    >> list remove update
  > bucket
    >> add
      operands text*
      traits   foreign-package
    >> list known rm
  > push
    operands read
    traits   publishes sends
  > pack new
    operands read
  > list search show info outdated status which home --version
    traits   read-only

nix
  options  --extra-experimental-features=text --impure -L --option=text --show-trace --accept-flake-config
           -c,--command=text -f,--file=read -I=text -A=text --refresh --json --expr=text
  may      foreign-package
  > run shell develop
    stop
    run      packages.nix
  > profile
    >> install add
      run      packages.nix
    >> remove
      operands package*
      traits   removes-package
    >> list history upgrade rollback wipe-history
  > build eval fmt search repl log path-info why-depends store registry derivation hash show-config doctor
    options  -o,--out-link=write --no-link
    operands text*
    run      packages.nix
  > flake
    options  -o,--out-link=write --no-link
    operands text*
    run      packages.nix
    >> check show update lock init metadata new gc delete optimise verify prefetch
  > copy
    options  --to=text --from=text
    traits   sends

nix-env
  options  -i,--install -e,--uninstall!removes-package -q,--query -f=spec -A,--attr -u --rollback -p=text
  operands package*
  instead  --query text*

nix-shell nix-build
  options  -p,--packages --run=shell --command=shell --pure -I=text -A=text -E=text -o=write
  operands text*

nix-channel
  options  --add=url!foreign-package --remove=text --update --list

nix-collect-garbage nix-store
  options  -d --delete-old --gc --delete -q -r --optimise

guix
  > install package pull upgrade search show describe shell build system home
    options  -i=package -r=package!removes-package -f=read -m=read
    operands text*
  > remove
    operands package*
    traits   removes-package

nvm fnm volta asdf mise rtx pyenv rbenv nodenv goenv jenv tfenv tfswitch rustup-init sdk proto vfox kerl
  may      foreign-package
  > install add i global local use shell default alias current pin reshim sync update upgrade up implode trust set \
      rehash settings tool self
    options  --lts --latest-npm -s --default -f --skip-existing -k -v
    operands text*
  > plugin plugins
    >> add install
      operands text spec
      run      systems.plugin
    >> list remove update ls
  > plugin-add
    operands text spec
    run      systems.plugin
  > uninstall remove rm prune
    operands text*
    traits   removes-package
  > exec run x
    stop
    run      systems.versioned
  > list ls ls-remote list-remote versions version which where latest info doctor outdated w registry tasks
    traits   read-only
  > init hook env activate export completion
    output   nothing

zoxide starship atuin thefuck
  > init hook env activate export import search query stats
    output   nothing

pkgutil installer softwareupdate pkg pkgin
  options  -pkg=read -target=text --pkgs --forget=text!removes-package -l --list -i,--install -a
  single
  > install
    operands spec*
  > remove delete autoremove
    operands package*
    traits   removes-package
  > search info list query update upgrade
"""
