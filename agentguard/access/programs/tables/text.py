"""Programs that read, search, compare and change text. Manual pages of section 1; rg(1), ag(1), jq(1)."""

TABLE = r"""
cat gcat
  options  -A,--show-all -b,--number-nonblank -e -E,--show-ends -n,--number -s,--squeeze-blank -t -u -v
  operands read*
  traits   read-only
  output   cat
  may      prints-environment

bat batcat
  options  -l,--language=text -H,--highlight-line=text --file-name=text --tabs=text --wrap=text --color=text
           --italic-text=text --decorations=text --paging=text --pager=shell -m,--map-syntax=text --theme=text
           --style=text -r,--line-range=text --terminal-width=text -p,--plain -n,--number -A,--show-all -d,--diff
           --diff-context=text --ignored-suffix=text --squeeze-limit=text -P
  operands read*
  traits   read-only

glow mdcat most pg pv mcat viu chafa jless fx hexyl
  options  -s=text -w=text -p -l=text -n=text -c=text -L=text -B=text -N=text -i=text -q -f --theme=text --mode=text
  operands read*
  traits   read-only

tac
  options  -b,--before -r,--regex -s,--separator=text
  operands read*
  traits   read-only
  output   filters.backwards

nl
  options  -b,--body-numbering=text -d=text -f=text -h=text -i=text -l=text -n=text -s,--number-separator=text -v=text
           -w,--number-width=text
  operands read*
  traits   read-only

fold fmt pr expand unexpand ptx tsort col colrm
  options  -w,--width=text -g,--goal=text -p,--prefix=text -l,--length=text -h,--header=text -o,--indent=text -W=text
           -N,--first-line-number=text -D,--date-format=text --tabs=text -e=text? -i=text? -n=text? -s=text? -S=text?
  operands read*
  traits   read-only

column
  options  -t,--table -s,--separator=text -c,--output-width=text -o,--output-separator=text -N,--table-columns=text
           -R,--table-right=text -H,--table-hide=text -O,--table-order=text -T,--table-truncate=text -n,--table-name=text
           -J,--json -x,--fillrows -e -d -l=text -W=text -E=text
  operands read*
  traits   read-only

comm join
  options  -t=text -j=text -1=text? -2=text? -3 -o=text -a=text -e=text -v=text --output-delimiter=text --check-order
           --nocheck-order --header -i,--ignore-case -z
  operands read read
  traits   read-only

shuf
  options  -n,--head-count=text -i,--input-range=text -o,--output=write -e,--echo -r,--repeat -z --random-source=read
  operands read
  instead  --echo text*
  traits   read-only

head ghead
  options  -c,--bytes=text -n,--lines=text -q,--quiet -v,--verbose -z
  operands read*
  traits   read-only
  output   filters.ends

tail gtail
  options  -c,--bytes=text -f,--follow=text? -F -n,--lines=text --pid=text -q,--quiet -s,--sleep-interval=text
           --max-unchanged-stats=text --retry -v,--verbose
  operands read*
  traits   read-only
  output   filters.ends

less more
  options  -b=text -h=text -j=text -k,--lesskey-file=read -o,--log-file=write -O,--LOG-FILE=write -p,--pattern=text
           -P,--prompt=text -t,--tag=text -T,--tag-file=read -x,--tabs=text -y=text -z=text -n=text -D=text -f -N -S -R -F -X
           -i -I -e -E -G -K -M -q -Q -r -s -u -U -w -W
  traits   read-only
  run      pagers.less

wc gwc
  options  -c,--bytes -m,--chars -l,--lines -w,--words -L --files0-from=listed --total=text --exclude-dir=text
           --include-lang=text --exclude-lang=text -e=text -t=text -f=text -o=write -i=text --by-file --not-match-d=text
  operands look*
  traits   read-only
  output   word

sort gsort
  options  -b -d -f -g -i -M -h -n -R -r,--reverse -V -c,--check=text? -k,--key=text -m,--merge -o,--output=write -s
           -S,--buffer-size=text -t,--field-separator=text -T,--temporary-directory=text -u,--unique -z
           --compress-program=shell --files0-from=listed --parallel=text --random-source=read --batch-size=text
           --sort=text
  operands read*
  traits   read-only
  output   filters.order

uniq
  options  -c,--count -d -D -f,--skip-fields=text -i -s,--skip-chars=text -u,--unique -w,--check-chars=text
  operands read write
  output   filters.unique

cut gcut
  options  -b,--bytes=text -c,--characters=text -d,--delimiter=text -f,--fields=text -n --complement
           -s,--only-delimited --output-delimiter=text -z
  operands read*
  traits   read-only
  first    nameless.first
  output   filters.columns

tr gtr
  options  -c,-C,--complement -d,--delete -s,--squeeze-repeats -t,--truncate-set1
  traits   read-only
  output   tr

paste
  options  -d,--delimiters=text -s,--serial
  operands read*
  traits   read-only

rev
  operands read*
  traits   read-only
  output   rev

base64 gbase64 base32 basenc
  options  -d,-D,--decode -i,--input=read -o,--output=write -w,--wrap=text -b,--break=text
  operands read*
  traits   read-only
  output   base64

xxd
  options  -a -b -c=text -e -E -g=text -h -i -l=text -n=text -o=text -p,-ps,-plain -r -s=text -u -v
  operands read write
  single
  output   xxd

od god hexdump hd
  options  -A=text -j=text -N=text -S=text -t=text -v -w=text? -b -c -C -d -e=text -f=read -n=text -o -s=text -x
  operands read*
  traits   read-only
  output   tells

diff gdiff colordiff sdiff diff3 icdiff difft dwdiff wdiff
  options  -q,--brief -s -c -C,--context=text -u -U,--unified=text -e -n -y,--side-by-side -W,--width=text -p -F=text
           --label=text -L=text -r,--recursive -N,--new-file -x,--exclude=text -X,--exclude-from=read -I=text -i -E -b
           -w -B -a,--text --color=text? --from-file=read --to-file=read -D=text -S=text --line-format=text
           -o,--output=write --cols=text --diff-program=shell --tabsize=text
  operands read*
  traits   read-only
  tree     --recursive

delta
  options  --pager=shell --paging=text --syntax-theme=text -s,--side-by-side -n,--line-numbers --width=text -w=text
  operands read*
  traits   read-only

cmp
  options  -b -i=text -l -n,--bytes=text -s
  operands read read text*
  traits   read-only

patch gpatch
  options  -p,--strip=text -i,--input=read -o,--output=write -d,--directory=enter -R,--reverse -N -r=write --dry-run
           -b -B=text -z=text -D=text -F=text -g=text -V=text
  run      text.patch

md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum b3sum shasum cksum sum md5 xxhsum crc32 gsha256sum
  options  -c,--check -a,--algorithm=text -b,--binary -t,--text --tag --status
  operands read*
  traits   read-only

grep egrep fgrep rgrep ggrep
  options  -e,--regexp=text -f,--file=read -E,--extended-regexp -F,--fixed-strings -G,--basic-regexp -P,--perl-regexp
           -i,--ignore-case -v,--invert-match -w,--word-regexp -x,--line-regexp -c,--count -l,--files-with-matches
           -L,--files-without-match -m,--max-count=text -o,--only-matching -q,--quiet -s,--no-messages -b
           -H,--with-filename -h,--no-filename -n,--line-number -A,--after-context=text -B,--before-context=text
           -C,--context=text --color=text? --colour=text? -a,--text --binary-files=text -d,--directories=text
           --exclude=text --exclude-from=read --exclude-dir=text --include=text --label=text -r,--recursive
           -R,--dereference-recursive -y -z,--null-data -T,--initial-tab -U,--binary -Z,--null
  first    nameless.first
  run      text.search
  output   filters.matching

zgrep zegrep zfgrep xzgrep bzgrep zstdgrep rga pdfgrep ugrep ug
  like     grep
  run      text.search

rg
  options  -e,--regexp=text -f,--file=read -F,--fixed-strings -i,--ignore-case -S,--smart-case -s,--case-sensitive
           -v,--invert-match -w,--word-regexp -x,--line-regexp -c,--count -l,--files-with-matches
           --files-without-match -m,--max-count=text -o,--only-matching -q,--quiet -n,--line-number
           -N,--no-line-number -H -I,--no-filename -A,--after-context=text -B,--before-context=text -C,--context=text
           --color=text --colors=text -a,--text -g,--glob=text --iglob=text -t,--type=text -T,--type-not=text
           --type-add=text -d,--max-depth=text -j,--threads=text -M,--max-columns=text -r,--replace=text
           -U,--multiline -u,--unrestricted -.,--hidden --no-ignore --no-ignore-vcs --ignore-file=read --pre=shell
           --pre-glob=text --sort=text --sortr=text -E,--encoding=text --engine=text -P,--pcre2 -z,--search-zip
           --files --type-list --max-filesize=text --context-separator=text --path-separator=text --json --stats
           --vimgrep -p,--pretty -L,--follow --hostname-bin=shell -0,--null
  run      text.search

ag ack ack-grep sift pt
  options  -A,--after=text -B,--before=text -C,--context=text -G,--file-search-regex=text --ignore=text
           --ignore-dir=text -m,--max-count=text -p,--path-to-ignore=read -g=text --depth=text --hidden
           -U,--skip-vcs-ignores -u,--unrestricted -a,--all-types -i -l -c -Q -w -s -S -n,--norecurse -W,--width=text
           --pager=shell
  run      text.search

sed gsed
  options  -n,--quiet,--silent -e,--expression=text -f,--file=read -E,-r,--regexp-extended -i,--in-place=text?
           -l,--line-length=text -s,--separate -u,--unbuffered -z,--null-data --posix --sandbox --debug
  first    nameless.first
  run      sed.run
  output   filters.edited

awk gawk mawk nawk
  options  -F,--field-separator=text -v,--assign=text -f,--file=run -i,--include=run -e,--source=text -E,--exec=run
           -o,--pretty-print=write? -p,--profile=write? -d,--dump-variables=write? -b -c -C -g -h -M -n -N -O -P -r -s
           -S,--sandbox -t -V -l,--load=text
  first    nameless.first
  run      awk.run
  output   filters.printed
  may      prints-environment

jq jaq gojq
  options  -n,--null-input -r,--raw-output -j,--join-output -a -s,--slurp -c,--compact-output -C -M -S,--sort-keys
           -e,--exit-status -R,--raw-input -f,--from-file=read -L=text --arg=text --argjson=text --slurpfile=text
           --rawfile=text --indent=text --tab --args --jsonargs --stream --seq
  run      text.jq
  may      prints-environment

yq tomlq xq
  options  -i,--inplace -r,--raw-output,--unwrapScalar -o,--output-format=text -p,--input-format=text -P,--prettyPrint
           -n,--null-input -e,--exit-status -N -I,--indent=text -s,--split-exp=text -f,--from-file=read
           --expression=text --arg=text --argjson=text -C -M -y -Y -x -X -t --xml-attribute-prefix=text
           --front-matter=text --in-place -c,--compact-output -S,--sort-keys
  run      text.yq

vim vi nvim view ex gvim rvim mvim vimdiff
  options  -c=text -S=run -u=text -U=text -o -O -p -R -d -w=write -W=write --cmd=text -s -t=text -T=text -i=text -n -e
           -E -l=run -q=read -r -L -b -g -f -v -V -y -Z -N -C -m -M -A -H -x -X --servername=text --remote
           --remote-silent --remote-wait --remote-tab --remote-send=text --remote-expr=text --startuptime=write --clean
           --noplugin --not-a-term --headless --embed --listen=text --server=text --remote-ui --version --help
  run      editors.vim
  may      prints-environment runs-fetched-code

nano
  options  -r=text -T=text -Q=text -o=text -s=shell -X=text -Y=text -C,--backupdir=text -D -E -F -G -H -I -K -L -M -N -R
           -S -W -Z,--zap -a -b -c -d -e -f,--rcfile=read -g -h -i -j -k -l -m -n -p -q -t -u -v,--view -w -x -y -z
           --speller=shell --operatingdir=text
  operands edit*
  instead  --view read*

ed red
  options  -p,--prompt=text -s,--quiet,--silent -E -G -l -r -v
  operands edit
  run      editors.ed

emacs
  options  -batch,--batch -eval,--eval,--execute=lisp -l,-load,--load=run -f,-funcall,--funcall=text -script,--script=run
           -insert,--insert=read -nw -q,--no-init-file -Q,--quick -u,--user=text -file,--file=read -visit,--visit=edit
           -kill,--kill -L,--directory=text --daemon --fg-daemon --chdir=enter -t,--terminal=text -d,--display=text
           --no-site-file --no-splash --debug-init --init-directory=text -version,--version
  operands edit*
  single
  run      editors.emacs
  may      prints-environment runs-fetched-code

emacsclient
  options  -e,--eval -a,--alternate-editor=shell -c,--create-frame -n,--no-wait -t,-nw,--tty -s,--socket-name=text
           -f,--server-file=text -d,--display=text -F,--frame-parameters=text -q,--quiet -u,--suppress-output -T=text
  operands edit*
  run      editors.emacs

micro helix hx kak joe jed pico subl mate
  options  -c=text -w,--wait -n -e=text -s=text -E=text -ui=text
  operands edit*

code code-insiders codium
  before   --cli-data-dir=text
  options  -r -n -w,--wait -g,--goto -d,--diff --install-extension=package!foreign-package --uninstall-extension=text
           --user-data-dir=text
  operands guess*
  > tunnel
    options  --accept-server-license-terms --name=text --random-name --no-sleep --tunnel-id=text --host-token=text
             --install-extension=text
    traits   publishes
    >> status user help
      traits   read-only
    >> kill restart unregister prune rename
      traits
    >> service
      traits   publishes controls-service
    >> *
  > serve-web
    options  --host=text --port=text --without-connection-token --connection-token=text
    run      servers.serves
  > *
    operands guess*

pbcopy pbpaste
  options  -Prefer=text -pboard=text
  single
  traits   read-only
  output   tells

gron jo jc dasel htmlq pup xsv qsv csvcut csvgrep csvlook csvsort csvstat csvjson csvstack csvformat csvclean \
  csvjoin in2csv csvsql visidata vd
  options  -f,--file=read -i=text -o,--output=text -p=text -r=text -w=text -s=text -c=text -d=text -q=text -t=text
           -m=text -e=text -g=text -n=text -I --insert --selector=text -a=text --query=text --tables=text --db=text
           --columns=text --delimiter=text --match=text --regex=text -l -K=text -S -v -u --ungron --stream
  run      text.picks

mlr
  options  -I -n --from=read --ofs=text --ifs=text --irs=text --ors=text --ips=text --ops=text --fs=text --rs=text
           --c2j --icsv --ojson --opprint --ijson --ocsv --csv --json --tsv --nr-progress-mod=text -s=read
           --prepipe=shell --prepipex=shell
  run      text.mlr

xmlstarlet xsltproc
  options  -o,--output=write --format --noout --xpath=text --schema=read --dtdvalid=read --relaxng=read --html --huge
           --pattern=text --encode=text --path=text -t -v=text -n -m=text -c=text -s=text -i=text -a=text -d=text
           -u=text -L,--inplace -N=text --stringparam=text --param=text -modify,-m -f=write -q -e --recover --nonet
  run      text.xml

iconv recode uconv
  options  -f,--from-code=text -t,--to-code=text -o,--output=write -c -l,--list -s -x=text
  operands read*
  traits   read-only

dos2unix unix2dos mac2unix fromdos todos enca enconv detab entab expand-tabs
  options  -n,--newfile -o,--oldfile -k,--keepdate -q,--quiet -f,--force -i,--info=text? -c,--convmode=text -L=text
           -x=text -b -r -e
  operands edit*
  instead  --newfile read write
  instead  --info look*

cal factor numfmt
  options  -d,--delimiter=text --field=text --format=text --from=text --to=text -h -m=text -y -3 -1
  traits   read-only

look
  options  -d -f -t=text -a -b
  operands text read
  traits   read-only

ts
  options  -r -i -s -m
  traits   read-only

envsubst
  options  -v,--variables -V -h
  traits   read-only

m4
  options  -D,--define=text -I,--include=text -U=text -P -E -s -d=text? -o=write --debugfile=write -F=write -R=read
           -L=text -Q -i -g
  run      text.macros

aspell hunspell ispell
  options  -d=text -l,--list -a -c,--check=edit -w=text -p=text -W=text -T=text -s -t -i=text --lang=text --mode=text
           -H -n -G -L
  run      text.spells
"""
