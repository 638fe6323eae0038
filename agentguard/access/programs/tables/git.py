"""git and what stands beside it. git(1) and the manual page of each subcommand."""

TABLE = r"""
git
  before   -C=enter -c=setting --config-env=text --exec-path=text? --git-dir=text --work-tree=enter --namespace=text
           -p,--paginate -P,--no-pager --bare --no-replace-objects --literal-pathspecs --attr-source=text -v,--version
           -h,--help
  > add stage
    options  -A,--all -f,--force -i,--interactive -n,--dry-run -N,--intent-to-add -p,--patch -u,--update -v,--verbose
             --chmod=text --pathspec-from-file=read
    run      git.add
  > am
    options  -n,--no-verify!skips-checks --patch-format=text -s -3 -q -k -b --directory=text --exclude=text
    operands read*
    run      git.hooked
  > apply
    options  -p=text -C=text --directory=text --exclude=text --include=text --check --index -R,--reverse -3
    operands read*
  > archive
    options  -o,--output=write --format=text --prefix=text --remote=text --exec=shell --add-file=read
  > bisect
    >> run
      operands command
      stop
  > blame annotate cat-file
    traits   read-only
    run      git.looks
  > branch
    options  -d,--delete -D,--delete-force!discards-work -f,--force -m,--move -M -c,--copy -C -r,--remotes -a,--all
             -u,--set-upstream-to=text -t,--track=text? --list --show-current -v,--verbose --sort=text --format=text
             --contains=text? --no-contains=text? --merged=text? --no-merged=text? --points-at=text --unset-upstream
             --color=text? --column=text?
    output   branch
    run      git.branch
  > bundle
    >> create
      operands write text*
  > checkout
    options  -b=text -B=text -f,--force!discards-work -q,--quiet -t,--track -m,--merge -p,--patch --orphan=text --ours
             --theirs --conflict=text -d,--detach --pathspec-from-file=read
    run      git.checkout
  > cherry-pick
    options  -n,--no-commit -e,--edit -x -s -m,--mainline=text --strategy=text -X=text
    run      git.hooked
  > clean
    options  -d -f,--force -i,--interactive -n,--dry-run -q,--quiet -e,--exclude=text -x -X
    run      git.clean
  > clone
    options  -b,--branch=text -c,--config=text --depth=text -j,--jobs=text -l -n,--no-checkout -o,--origin=text
             -q,--quiet --recurse-submodules=text? --recursive=text? --reference=read --separate-git-dir=write
             -u,--upload-pack=shell --template=read --filter=text --mirror --bare --single-branch --shallow-since=text
             --server-option=text
    fetches
    run      git.clone
  > commit
    options  -a,--all -n,--no-verify!skips-checks -m,--message=text -F,--file=read -C,--reuse-message=text
             -c,--reedit-message=text -t,--template=read --amend --author=text --date=text --cleanup=text --fixup=text
             --squash=text -S,--gpg-sign=text? --trailer=text -s,--signoff -e,--edit -p,--patch -q,--quiet
             -v,--verbose -u=text? -o,--only -i,--include --allow-empty --no-edit --pathspec-from-file=read
             --no-gpg-sign!skips-checks
    run      git.hooked
  > config
    options  --global --system --local --worktree -f,--file=text --blob=text --get=text --get-all=text
             --get-regexp=text --unset=text --unset-all=text --add --replace-all -l,--list -e,--edit --type=text
             --default=text --bool --int --path -z --name-only --show-origin --show-scope --rename-section
             --remove-section
    run      git.config
  > credential
    >> fill
      traits   prints-environment
  > describe
    options  --match=text --exclude=text --abbrev=text
    traits   read-only
  > diff
    options  -U,--unified=text --output=write -S=text -G=text -O=read --stat=text? --word-diff=text?
             --diff-filter=text -n,--max-count=text --format=text --pretty=text? --since=text --until=text
             --after=text --before=text --author=text --committer=text --grep=text -L=text --date=text --color=text?
             --cached --staged --no-index -p,-u,--patch --decorate=text? --ext-diff --textconv --skip=text --glob=text
             --exclude=text --branches=text? --tags=text? --remotes=text? -C,--find-copies=text?
             -M,--find-renames=text?
    traits   read-only
    run      git.diff
  > difftool
    options  -U,--unified=text --output=write -S=text -G=text -O=read --stat=text? --word-diff=text?
             --diff-filter=text -n,--max-count=text --format=text --pretty=text? --since=text --until=text
             --after=text --before=text --author=text --committer=text --grep=text -L=text --date=text --color=text?
             --cached --staged --no-index -p,-u,--patch --decorate=text? --ext-diff --textconv --skip=text --glob=text
             --exclude=text --branches=text? --tags=text? --remotes=text? -C,--find-copies=text?
             -M,--find-renames=text? -x,--extcmd=shell -t,--tool=text -y
  > mergetool
    options  -t,--tool=text -y
  > fetch
    options  --all -a --depth=text -f,--force -j,--jobs=text -k -n -p,--prune -q,--quiet -t,--tags -u
             --upload-pack=shell --deepen=text --shallow-since=text --refmap=text -o=text --recurse-submodules=text?
    fetches
    run      git.fetch
  > pull
    options  -r,--rebase=text? --ff-only --no-ff --ff --no-rebase -q -v -n,--no-verify!skips-checks -s,--strategy=text
             -X=text --depth=text -p,--prune -t,--tags -f,--force -a,--all --autostash --upload-pack=shell
    fetches
    run      git.fetch
  > ls-remote
    options  -h,--heads -t,--tags --upload-pack=shell --exec=shell -q --refs --symref --sort=text -o=text
    run      git.fetch
  > filter-branch
    options  --tree-filter=shell --index-filter=shell --env-filter=shell --msg-filter=shell --commit-filter=shell
             --parent-filter=shell --tag-name-filter=shell --subdirectory-filter=text -d=text --original=text
             -f,--force
    traits   discards-work
  > filter-repo
    options  --path=text --invert-paths -f,--force
    traits   discards-work
  > for-each-ref
    options  --shell --format=text --sort=text --count=text --points-at=text --contains=text? --merged=text?
    traits   read-only
  > format-patch
    options  -o,--output-directory=write -n -s --stdout --subject-prefix=text --to=text --cc=text
  > gc
    options  --aggressive --auto --prune=text? --force
  > grep
    options  -e=text -f=read -O,--open-files-in-pager=shell? -A=text -B=text -C=text -m=text --max-depth=text
             --threads=text -i -l -n -w -v -c -E -F -G -P -q -h -H -o --untracked --no-index --no-exclude-standard
             --cached -p -W
    run      git.grep
  > init
    options  -q --bare --template=read --separate-git-dir=write -b,--initial-branch=text --shared=text?
             --object-format=text
    operands write
  > log shortlog whatchanged show
    options  -U,--unified=text --output=write -S=text -G=text -O=read --stat=text? --word-diff=text?
             --diff-filter=text -n,--max-count=text --format=text --pretty=text? --since=text --until=text
             --after=text --before=text --author=text --committer=text --grep=text -L=text --date=text --color=text?
             --cached --staged --no-index -p,-u,--patch --decorate=text? --ext-diff --textconv --skip=text --glob=text
             --exclude=text --branches=text? --tags=text? --remotes=text? -C,--find-copies=text?
             -M,--find-renames=text?
    traits   read-only
    run      git.looks
  > reflog
    >> expire delete
      traits   discards-work
  > ls-files
    options  -x=text -X=read --exclude-per-directory=text -c -d -m -o -i -s -z
    traits   read-only
    output   listings.listed
  > ls-tree merge-base status version
    traits   read-only
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
  > push
    options  --all --branches -d,--delete!force -f,--force!force --force-with-lease=text?!force --force-if-includes
             --follow-tags --mirror!force -n,--dry-run --no-verify!skips-checks -o,--push-option=text --porcelain
             --progress --prune!force -q,--quiet --receive-pack=shell --exec=shell --repo=text -u,--set-upstream
             --signed=text? --tags --thin -v,--verbose --atomic --recurse-submodules=text?
    run      git.push
  > rebase
    options  -x,--exec=shell -i,--interactive --onto=text --no-verify!skips-checks -s,--strategy=text -X=text -q
             --autostash --abort --continue --skip --quit -S=text? --root -m -r,--rebase-merges=text? --keep-base
             -f,--force-rebase --autosquash
    run      git.hooked
  > remote
    options  -v,--verbose
    >> add
      options  -t=text -m=text -f --mirror=text?
      operands text text
    >> update
      run      git.fetch
    >> show get-url
      traits   read-only
  > reset
    options  --hard!discards-work --soft --mixed --merge!discards-work --keep -q,--quiet -p,--patch -N
             --pathspec-from-file=read
  > restore
    options  -s,--source=text -S,--staged -W,--worktree -p,--patch -q,--quiet --ours --theirs -m,--merge
             --pathspec-from-file=read --conflict=text
    run      git.restore
  > revert
    options  -e -n,--no-commit -m,--mainline=text -S=text? --no-edit --abort --continue
  > rm
    options  -f,--force -r,--recursive --cached -n,--dry-run -q,--quiet --ignore-unmatch --pathspec-from-file=read
    operands delete*
    instead  --cached text*
    instead  --dry-run text*
    tree     --recursive
  > send-email
    options  --to=text --cc=text --smtp-server=host --smtp-pass=text --sendmail-cmd=shell
    operands read*
    traits   sends publishes
  > stash
    >> drop clear
      traits   discards-work
    >> push
      options  -m,--message=text -u,--include-untracked -k -p -a --pathspec-from-file=read -S -q
    >> list show
      traits   read-only
  > submodule
    >> foreach
      options  --recursive -q,--quiet
      operands joined
      stop
      run      walk.standard
    >> add
      options  -b=text --name=text -f --depth=text --reference=read
      operands url write
    >> status
      traits   read-only
    >> deinit
      options  -f,--force!discards-work --all
  > switch
    options  -c,--create=text -C,--force-create=text -f,--force,--discard-changes!discards-work -d,--detach
             --orphan=text -t,--track -m,--merge -q --guess --conflict=text
  > tag
    options  -a,--annotate -d,--delete -f,--force -l,--list -m,--message=text -F,--file=read -n=text? -s,--sign
             -u=text -v --sort=text --format=text --contains=text? --merged=text? --points-at=text --cleanup=text
  > update-ref
    options  -d!discards-work -m=text --stdin
  > worktree
    >> add
      options  -b=text -B=text -f,--force --detach --lock --reason=text --orphan
      operands write text*
    >> remove
      options  -f,--force!discards-work
      operands delete
      tree     always
    >> list
      traits   read-only
    >> move
      operands move write
  > daemon
    run      git.daemon
  > hash-object
    operands read*

pre-commit husky lefthook
"""
