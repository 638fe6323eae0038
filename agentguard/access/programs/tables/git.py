"""git and other version control: git(1) and the manual page of each subcommand; hg(1), the Subversion book, jj's manual."""

TABLE = r"""
git hub
  before   -C=enter -c=setting --config-env=text --exec-path=run? --git-dir=text --work-tree=enter --namespace=text
           --attr-source=text --list-cmds=text -p,--paginate -P,--no-pager --bare --no-replace-objects
           --literal-pathspecs --glob-pathspecs --noglob-pathspecs --icase-pathspecs --no-optional-locks
           --no-lazy-fetch --no-advice -v,--version -h,--help
  first    git.first
  may      computed-address runs-fetched-code
  > add stage
    options  -A,--all -f,--force -i,--interactive -n,--dry-run -N,--intent-to-add -p,--patch -u,--update -v,--verbose
             --chmod=text --pathspec-from-file=read
    run      git.add
  > am
    options  -n,--no-verify!skips-checks --patch-format=text -s,--signoff -3,--3way -q,--quiet -k,--keep -b -i
             --directory=text --exclude=text --include=text -S,--gpg-sign=text? -p=text --whitespace=text
             --resolvemsg=text --empty=text --quoted-cr=text --abort --skip --continue --quit -r,--resolved
             --show-current-patch=text?
    run      git.patches
  > apply
    options  -p=text -C,--context-lines=text --directory=text --exclude=text --include=text --check --index
             -R,--reverse -3,--3way --stat --numstat --summary --apply --cached --reject --whitespace=text
             --unsafe-paths -z --build-fake-ancestor=write --recount --allow-empty -v,--verbose
    run      git.patches
  > archive
    options  -o,--output=write --format=text --prefix=text --remote=text --exec=shell --add-file=read -l,--list
             --add-virtual-file=text --worktree-attributes --mtime=text
    run      gitremote.archive
  > bisect
    >> run
      operands command
      stop
    >> start bad good new old skip reset log replay terms view visualize
  > blame annotate cat-file
    options  -L=text -S=read --contents=read --ignore-rev=text --ignore-revs-file=read -p,--porcelain -s -e -t
             --batch=text? --batch-check=text? --textconv --filters --path=text
    traits   read-only
    run      gitshows.looks
  > branch
    options  -d,--delete -D,--delete-force!discards-work -f,--force -m,--move -M -c,--copy -C,--copy-force -r,--remotes
             -a,--all -u,--set-upstream-to=text -t,--track=text? --list --show-current -v,--verbose --sort=text
             --format=text --contains=text? --no-contains=text? --merged=text? --no-merged=text? --points-at=text
             --unset-upstream --color=text? --column=text? --edit-description -q,--quiet
    output   branch
    run      git.branch
  > bundle
    >> create
      options  --all --branches=text? --tags=text? --since=text --version=text -q,--quiet --progress
      operands write text*
    >> verify list-heads unbundle
      operands read text*
  > checkout
    options  -b=text -B=text -f,--force!discards-work -q,--quiet -t,--track -m,--merge -p,--patch --orphan=text --ours
             --theirs --conflict=text -d,--detach --pathspec-from-file=read --guess --no-guess --progress
             --ignore-other-worktrees --recurse-submodules=text?
    run      git.checkout
  > cherry-pick
    options  -n,--no-commit -e,--edit -x -s -m,--mainline=text --strategy=text -X=text -S,--gpg-sign=text? --abort
             --continue --skip --quit
    run      git.hooked
  > clean
    options  -d -f,--force -i,--interactive -n,--dry-run -q,--quiet -e,--exclude=text -x -X
    run      git.clean
  > clone
    options  -b,--branch=text -c,--config=setting --depth=text -j,--jobs=text -l -n,--no-checkout -o,--origin=text
             -q,--quiet --recurse-submodules=text? --recursive=text? --reference=read --separate-git-dir=write
             -u,--upload-pack=shell --template=read --filter=text --mirror --bare --single-branch --shallow-since=text
             --server-option=text --bundle-uri=url --ref-format=text --shallow-exclude=text --sparse --revision=text
    fetches
    run      gitremote.clone
  > commit
    options  -a,--all -n,--no-verify!skips-checks -m,--message=text -F,--file=read -C,--reuse-message=text
             -c,--reedit-message=text -t,--template=read --amend --author=text --date=text --cleanup=text --fixup=text
             --squash=text -S,--gpg-sign=text? --trailer=text -s,--signoff -e,--edit -p,--patch -q,--quiet
             -v,--verbose -u=text? -o,--only -i,--include --allow-empty --no-edit --pathspec-from-file=read
             --no-gpg-sign!skips-checks
    run      git.commit
  > config
    options  --global --system --local --worktree -f,--file=text --blob=text --get=text --get-all=text
             --get-regexp=text --get-urlmatch=text+text --unset=text --unset-all=text --add --replace-all -l,--list
             -e,--edit --type=text --default=text --bool --int --path -z --name-only --show-origin --show-scope
             --rename-section --remove-section --all --value=text --fixed-value --comment=text
    run      git.config
  > credential
    >> fill
      traits   prints-environment
    >> approve reject capability
  > describe
    options  --match=text --exclude=text --abbrev=text
    traits   read-only
  > diff
    options  -U,--unified=text --output=write -S=text -G=text -O=read --stat=text? --word-diff=text?
             --diff-filter=text -n,--max-count=text --format=text --pretty=text? --since=text --until=text
             --after=text --before=text --author=text --committer=text --grep=text -L=text --date=text --color=text?
             --cached --staged --no-index -p,-u,--patch --decorate=text? --ext-diff --textconv --skip=text --glob=text
             --exclude=text --branches=text? --tags=text? --remotes=text? -C,--find-copies=text?
             -M,--find-renames=text? -s,--no-patch
    traits   read-only
    run      gitshows.diff
  > difftool
    options  -U,--unified=text --output=write -S=text -G=text -O=read --stat=text? --word-diff=text?
             --diff-filter=text -n,--max-count=text --format=text --pretty=text? --since=text --until=text
             --after=text --before=text --author=text --committer=text --grep=text -L=text --date=text --color=text?
             --cached --staged --no-index -p,-u,--patch --decorate=text? --ext-diff --textconv --skip=text --glob=text
             --exclude=text --branches=text? --tags=text? --remotes=text? -C,--find-copies=text?
             -M,--find-renames=text? -x,--extcmd=shell -t,--tool=text -y,--no-prompt -d,--dir-diff -g,--gui
    run      gitshows.looks
  > mergetool
    options  -t,--tool=text -y,--no-prompt -g,--gui -O=read
  > fetch
    options  --all -a,--append --depth=text -f,--force -j,--jobs=text -k -n -p,--prune -q,--quiet -t,--tags
             -u,--update-head-ok --upload-pack=shell --deepen=text --shallow-since=text --refmap=text
             -o,--server-option=text --recurse-submodules=text? --dry-run --set-upstream --negotiation-tip=text
    fetches
    run      gitremote.fetch
  > pull
    options  -r,--rebase=text? --ff-only --no-ff --ff --no-rebase -q -v -n,--no-verify!skips-checks -s,--strategy=text
             -X=text --depth=text -p,--prune -t,--tags -f,--force -a,--all --autostash --upload-pack=shell --no-commit
             --squash --signoff --edit --no-edit -S,--gpg-sign=text? --allow-unrelated-histories
             --recurse-submodules=text? --set-upstream --dry-run --cleanup=text
    fetches
    run      gitremote.fetch
  > ls-remote
    options  -h,--heads -t,--tags --upload-pack=shell --exec=shell -q --refs --symref --sort=text -o=text -b,--branches
    run      gitremote.fetch
  > filter-branch
    options  --tree-filter=shell --index-filter=shell --env-filter=shell --msg-filter=shell --commit-filter=shell
             --parent-filter=shell --tag-name-filter=shell --setup=shell --subdirectory-filter=text -d=text
             --original=text -f,--force --prune-empty --state-branch=text
    traits   discards-work
  > filter-repo
    options  --path=text --path-glob=text --path-regex=text --path-rename=text --paths-from-file=read --invert-paths
             -f,--force --replace-text=read --replace-message=read --mailmap=read --use-mailmap
             --subdirectory-filter=text --to-subdirectory-filter=text --strip-blobs-bigger-than=text
             --strip-blobs-with-ids=read --tag-rename=text --refs=text --source=text --target=text --analyze --dry-run
             --partial --filename-callback=text --message-callback=text --name-callback=text --email-callback=text
             --refname-callback=text --file-info-callback=text --blob-callback=text --commit-callback=text
             --tag-callback=text --reset-callback=text --done-callback=text
    may      discards-work
    run      git.rewrites
  > for-each-ref
    options  --shell --format=text --sort=text --count=text --points-at=text --contains=text? --merged=text?
    traits   read-only
  > format-patch
    options  -o,--output-directory=write -n -s --stdout --subject-prefix=text --to=text --cc=text --output=write
             --cover-letter --base=text -v,--reroll-count=text --signature=text --signature-file=read
    run      gitshows.looks
  > gc
    options  --aggressive --auto --prune=text? --force --no-prune -q,--quiet --keep-largest-pack --cruft
             --max-cruft-size=text
    may      discards-work
    run      git.collects
  > prune
    options  -n,--dry-run -v,--verbose --expire=text --progress
    may      discards-work
    run      git.collects
  > grep
    options  -e=text -f=read -O,--open-files-in-pager=shell? -A=text -B=text -C,--context=text -m=text
             --max-depth=text --threads=text -i -l -n -w -v -c,--count --color=text? -E -F -G -P -q -h -H -o
             --untracked --no-index --no-exclude-standard --cached -p -W
    run      git.grep
  > init
    options  -q --bare --template=read --separate-git-dir=write -b,--initial-branch=text --shared=text?
             --object-format=text --ref-format=text
    operands write
  > log shortlog whatchanged show diff-tree diff-index diff-files range-diff
    options  -U,--unified=text --output=write -S=text -G=text -O=read --stat=text? --word-diff=text?
             --diff-filter=text -n,--max-count=text --format=text --pretty=text? --since=text --until=text
             --after=text --before=text --author=text --committer=text --grep=text -L=text --date=text --color=text?
             --cached --staged --no-index -p,-u,--patch --decorate=text? --ext-diff --textconv --skip=text --glob=text
             --exclude=text --branches=text? --tags=text? --remotes=text? -C,--find-copies=text?
             -M,--find-renames=text? -s,--no-patch -e,--email --group=text
    traits   read-only
    run      gitshows.looks
  > reflog
    options  -p,-u,--patch -U,--unified=text -s,--no-patch
    run      gitshows.looks
    >> expire delete drop
      options  --expire=text --expire-unreachable=text --updateref --rewrite --stale-fix -n,--dry-run --all
               --single-worktree
      traits   discards-work^--dry-run
    >> show list exists
      traits   read-only
  > ls-files
    options  -x=text -X=read --exclude-per-directory=text -c,--cached -d,--deleted -m,--modified -o,--others
             -i,--ignored -s,--stage -z --with-tree=text --format=text
    traits   read-only
    output   listings.listed
  > ls-tree merge-base version
    traits   read-only
  > status
    options  -s,--short -b,--branch --porcelain=text? --long -v,--verbose -u,--untracked-files=text? --ignored=text? -z
             --column=text? --find-renames=text? --show-stash --ahead-behind --no-renames --renames
    traits   read-only
    output   listings.ignored --ignored
    run      git.status
  > rev-list
    options  -U,--unified=text --output=write -S=text -G=text -O=read --stat=text? --word-diff=text?
             --diff-filter=text -n,--max-count=text --format=text --pretty=text? --since=text --until=text
             --after=text --before=text --author=text --committer=text --grep=text -L=text --date=text --color=text?
             --cached --staged --no-index -p,-u,--patch --decorate=text? --ext-diff --textconv --skip=text --glob=text
             --exclude=text --branches=text? --tags=text? --remotes=text? -C,--find-copies=text?
             -M,--find-renames=text?
    traits   read-only
  > rev-parse
    options  --show-toplevel --abbrev-ref=text? --short=text? --git-dir --verify --is-inside-work-tree
             --symbolic-full-name --default=text --prefix=text
    traits   read-only
    output   rev-parse
  > symbolic-ref
    options  -d,--delete -m=text -q --short
  > merge
    options  -m=text -F,--file=read --no-verify!skips-checks --no-commit --squash --ff-only --no-ff --abort --continue
             --quit -s,--strategy=text -X=text -S,--gpg-sign=text? --into-name=text --no-edit -e
    run      git.hooked
  > mv
    options  -f,--force -k -n,--dry-run -v
    operands move* target
    instead  --dry-run text*
  > push
    options  --all --branches -d,--delete!force -f,--force!force --force-with-lease=text?!force --force-if-includes
             --follow-tags --mirror!force -n,--dry-run!read-only --help!read-only
             --no-verify!skips-checks -o,--push-option=text --porcelain
             --progress --prune!force -q,--quiet --receive-pack=shell --exec=shell --repo=text -u,--set-upstream
             --signed=text? --tags --thin -v,--verbose --atomic --recurse-submodules=text? -4,--ipv4 -6,--ipv6
    may      publishes sends force
    run      gitremote.push
  > send-pack
    options  --all -f,--force!force --mirror!force -n,--dry-run --receive-pack=shell --exec=shell --thin --atomic --signed=text?
             --stateless-rpc --stdin --push-option=text --helper-status
    may      publishes sends force
    run      gitremote.push
  > rebase
    options  -x,--exec=shell -i,--interactive --onto=text --no-verify!skips-checks -s,--strategy=text -X=text
             -q,--quiet --autostash --abort --continue --skip --quit -S,--gpg-sign=text? --root -m,--merge
             -r,--rebase-merges=text? --keep-base -f,--force-rebase --autosquash --edit-todo --update-refs
             --show-current-patch --empty=text --whitespace=text -C,--context-lines=text
    run      git.hooked
  > remote
    options  -v,--verbose
    >> add
      options  -t=text -m=text -f --tags --no-tags --mirror=text?
      run      gitremote.remotes
    >> set-url
      options  --push --add --delete
      run      gitremote.remotes
    >> update prune
      options  -p,--prune -n,--dry-run
      run      gitremote.fetch
    >> show get-url
      options  --push --all -n
      traits   read-only
    >> rename remove rm set-head set-branches
      options  -a,--auto -d,--delete --add --progress
  > reset
    options  --hard!discards-work --soft --mixed --merge!discards-work --keep -q,--quiet -p,--patch -N
             --pathspec-from-file=read --recurse-submodules
    run      git.reset
  > restore
    options  -s,--source=text -S,--staged -W,--worktree -p,--patch -q,--quiet --ours --theirs -m,--merge
             --pathspec-from-file=read --conflict=text --overlay --ignore-unmerged
    run      git.restore
  > revert
    options  -e -n,--no-commit -m,--mainline=text -S=text? --no-edit --abort --continue --skip --quit -s,--signoff
  > rm
    options  -f,--force -r,--recursive --cached -n,--dry-run -q,--quiet --ignore-unmatch --pathspec-from-file=read
    operands delete*
    instead  --cached text*
    instead  --dry-run text*
    tree     --recursive
  > send-email
    options  --to=text --cc=text --bcc=text --from=text --subject=text --in-reply-to=text --smtp-server=text
             --smtp-pass=text --smtp-user=text --smtp-server-port=text --smtp-encryption=text --sendmail-cmd=shell
             --to-cmd=shell --cc-cmd=shell --header-cmd=shell --compose --annotate --identity=text --confirm=text
             --suppress-cc=text --dry-run
    traits   sends publishes
    run      git.mail
  > stash
    >> drop clear
      traits   discards-work
    >> push save
      options  -m,--message=text -u,--include-untracked -k,--keep-index -p,--patch -a,--all --pathspec-from-file=read
               -S,--staged -q,--quiet
      run      git.stash
    >> list show
      options  -p,--patch --stat -u,--include-untracked --only-untracked --format=text
      traits   read-only
      run      git.stash
    >> pop apply branch create store
      options  --index -q,--quiet -m,--message=text
  > submodule
    >> foreach
      options  --recursive -q,--quiet
      operands joined
      stop
    >> add
      options  -b,--branch=text --name=text -f,--force --depth=text --reference=read -q,--quiet
      run      gitremote.submodule
    >> status summary
      traits   read-only
    >> deinit
      options  -f,--force!discards-work --all
    >> update init sync set-url set-branch absorbgitdirs
      options  --init --remote --recursive -N,--no-fetch -f,--force --checkout --rebase --merge --depth=text
               -j,--jobs=text --reference=read --filter=text -q,--quiet -b,--branch=text -d,--default
  > switch
    options  -c,--create=text -C,--force-create=text -f,--force,--discard-changes!discards-work -d,--detach
             --orphan=text -t,--track -m,--merge -q,--quiet --guess --no-guess --conflict=text
             --ignore-other-worktrees --recurse-submodules=text? --progress
    run      git.switch
  > tag
    options  -a,--annotate -d,--delete -f,--force -l,--list -m,--message=text -F,--file=read -n=text? -s,--sign
             -u=text -v --sort=text --format=text --contains=text? --merged=text? --points-at=text --cleanup=text
             -e,--edit --trailer=text
  > update-ref
    options  -d!discards-work -m=text --stdin -z --no-deref --create-reflog
    may      discards-work
    run      git.updates
  > worktree
    >> add
      options  -b=text -B=text -f,--force --detach --lock --reason=text --orphan -q,--quiet --track --guess-remote
      operands text*
      run      git.adds_worktree
    >> remove
      options  -f,--force
      operands delete
      tree     always
      may      discards-work
      run      git.removes_worktree
    >> list
      options  --porcelain -v,--verbose -z
      traits   read-only
    >> move
      operands move write
    >> prune lock unlock repair
      options  -n,--dry-run -v,--verbose --expire=text --reason=text
  > daemon
    options  --listen=text --port=text --base-path=text --export-all --enable=text --disable=text --inetd --reuseaddr
             --verbose --user=text --group=text --detach --pid-file=write --access-hook=shell --interpolated-path=text
             --timeout=text --max-connections=text
    run      git.daemon
  > instaweb
    options  -l,--local -d,--httpd=shell -m,--module-path=text -p,--port=text -b,--browser=shell --start --stop
             --restart
    run      git.instaweb
  > web--browse
    options  -b,--browser=text -t,--tool=text -c,--config=text
  > notes
    options  --ref=text
    >> add append edit
      options  -m,--message=text -F,--file=read -C,--reuse-message=text -c,--reedit-message=text -f,--force
    >> remove prune merge copy
    >> list show get-ref
      traits   read-only
  > replace
    options  -f,--force -d,--delete --edit --graft -l,--list --format=text --convert-graft-file
  > lfs
    >> push
      options  --all --object-id -n,--dry-run --stdin
      may      publishes sends
      run      gitremote.publishes
    >> pull fetch
      options  -I,--include=text -X,--exclude=text -a,--all -r,--recent -p,--prune
      fetches
      run      gitremote.fetch
    >> prune
      options  -d,--dry-run -f,--force -r,--recent --verify-remote
    >> migrate
      >>> import export
        options  --include=text --exclude=text --everything --include-ref=text --above=text -y,--yes
        traits   discards-work
      >>> info
        traits   read-only
    >> ls-files status env version logs locks
      traits   read-only
    >> *
  > svn
    >> clone
      options  -s,--stdlayout -T,--trunk=text -b,--branches=text -t,--tags=text -r,--revision=text -A=read
      fetches
      run      gitremote.clone
    >> dcommit
      options  -n,--dry-run --no-rebase --commit-url=url -i,--interactive
      traits   publishes^--dry-run
    >> info log find-rev
      traits   read-only
    >> *
  > p4
    >> submit
      traits   publishes
    >> *
  > subtree
    >> push pull add merge split
      options  -P,--prefix=text -m,--message=text --squash -b,--branch=text --rejoin --onto=text -q,--quiet
      may      publishes sends force
      run      gitremote.subtree
  > checkout-index
    options  -f,--force!discards-work -a,--all -u,--index -q,--quiet --prefix=fills --stage=text --stdin -z
  > read-tree
    options  --reset!discards-work -u -m -i --prefix=fills --empty -n,--dry-run
  > fast-import
    options  --export-marks=write --import-marks=read --quiet --force!discards-work --date-format=text
  > fast-export
    options  --export-marks=write --import-marks=read --all --signed-tags=text
    traits   read-only
    run      gitshows.looks
  > hash-object
    operands read*
  > sparse-checkout maintenance rerere cherry count-objects fsck verify-commit verify-tag name-rev var check-ignore
    traits   read-only

degit tiged gitpick giget
  options  -f,--force -c,--cache -v,--verbose -m,--mode=text -D,--disable-cache -s,--subgroup -o,--overwrite
           -b,--branch=text -d,--cwd=enter --auth=text --force-clean --offline --prefer-offline --install
  fetches
  run      vcs.template

pre-commit lefthook
  > uninstall
    traits   skips-checks
  > *

husky
  > uninstall
    traits   skips-checks
  > *

hg sl
  before   -R,--repository=text --cwd=enter --config=text -y,--noninteractive -q,--quiet -v,--verbose
  first    vcs.settings
  > push
    options  -f,--force!force -r,--rev=text -b,--branch=text -B,--bookmark=text --new-branch -e,--ssh=shell
             --remotecmd=text --to=ref --create --delete=ref!force
    traits   publishes
    run      vcs.remote
  > pull clone incoming
    options  -r,--rev=text -u,--update -b,--branch=text -e,--ssh=shell --remotecmd=text -U,--noupdate
    fetches
    run      vcs.remote
  > strip purge rollback revert prune
    options  -r,--rev=text -a,--all -C,--no-backup -n,--dry-run -p,--print -k,--keep -i,--interactive
    traits   discards-work^--dry-run,--print
  > update up checkout co
    options  -C,--clean!discards-work -c,--check -m,--merge -r,--rev=text -d,--date=text
  > commit ci
    options  -m,--message=text -l,--logfile=read -A,--addremove --amend -u,--user=text -d,--date=text -i,--interactive
  > cat diff log
    options  -r,--rev=text -o,--output=write -p,--patch -l,--limit=text -c,--change=text --stat -T,--template=text
    operands read*
    traits   read-only
  > status summary id identify branches heads tags root paths annotate manifest files parents
    traits   read-only
  > serve
    options  -p,--port=text -a,--address=text -d,--daemon
    run      vcs.serves
  > email
    traits   sends publishes
  > *

svn
  options  --username=text --password=text --config-dir=text --config-option=text --non-interactive
           --trust-server-cert -q,--quiet -r,--revision=text -m,--message=text -F,--file=read --force --depth=text
  may      sends
  > commit ci
    traits   publishes
  > delete del remove rm copy cp move mv mkdir import lock unlock
    run      vcs.changes
  > revert
    options  -R,--recursive --changelist=text
    traits   discards-work
  > cleanup
    options  --remove-unversioned!discards-work --remove-ignored!discards-work --vacuum-pristines
  > checkout co export update up switch relocate
    fetches
    run      vcs.remote
  > diff
    options  --diff-cmd=shell -x,--extensions=text -c,--change=text --summarize --old=text --new=text
    operands read*
    traits   read-only
  > merge
    options  --diff3-cmd=shell -c,--change=text --dry-run
  > cat
    operands read*
    traits   read-only
  > status st info log ls list blame annotate praise propget proplist help
    traits   read-only
  > *

jj
  options  -R,--repository=text --config=text --at-operation=text --color=text --no-pager --quiet
           --ignore-working-copy
  > git
    >> push
      options  -b,--bookmark=text -c,--change=text -r,--revisions=text --all --tracked --deleted!force --dry-run
               --remote=text -N,--allow-new --named=text
      traits   publishes^--dry-run
      run      vcs.remote
    >> fetch clone
      options  -b,--branch=text --remote=text --all-remotes --colocate --depth=text
      fetches
      run      vcs.remote
    >> *
  > abandon restore
    options  -f,--from=text -t,--to=text -c,--changes-in=text -r=text
    traits   discards-work
  > run
    operands shell
  > log show diff status st evolog obslog op operation interdiff help version root
    options  -r,--revisions=text -p,--patch -s,--summary -T,--template=text -n,--limit=text --stat --git --tool=text
             -G,--no-graph
    traits   read-only
  > *
"""
