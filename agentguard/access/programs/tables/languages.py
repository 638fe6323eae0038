"""Interpreters of more languages: their code in options is read, by a table or by its texts alone (see code.literals).

Sources: Rscript(1), julia(1), elixir(1), groovy(1), erl(1), sbcl(1), guile(1), ghc(1), octave(1), gnuplot(1), and the
`--help` of the others.
"""

TABLE = r"""
R
  options  -e=code -f,--file=run --vanilla --slave --no-save --no-restore -q,--quiet --no-echo --args --version --help
  language r
  run      interpreters.other
  > CMD
    operands text*
  > *
    stop
    language r
    run      interpreters.other

Rscript
  options  -e=code -f,--file=run --vanilla --slave --no-save --no-restore -q,--quiet --no-echo --args --version --help
  stop
  language r
  run      interpreters.other

julia
  options  -e,--eval=code -E,--print=code -L,--load=run --project=text? -t,--threads=text -q -O=text? -v,--version
           -h,--help --startup-file=text -i -J,--sysimage=read -p,--procs=text -H,--home=text -m,--module=text
           -C,--cpu-target=text --gcthreads=text --machine-file=read -g=text? --color=text?
           --heap-size-hint=text --trace-compile=write
  stop
  language julia
  run      interpreters.other

elixir iex
  options  -e,--eval=code -r=run -pr=run --no-halt -S=text -v,--version -h,--help --erl=text --sname=text --name=text
  stop
  language elixir
  run      interpreters.other

groovy
  options  -e=code -cp=text -v,--version -h,--help -p -n -i=text?
  stop
  language groovy
  run      interpreters.other

jrunscript
  options  -e=code -f=run -l=text -cp=text
  stop
  language javascript
  run      interpreters.other

erl
  options  -eval=code -noshell -noinput -s=text -pa=text -sname=text -name=text
  single
  stop
  language other
  run      interpreters.other

sbcl clisp ecl
  options  --eval=code -x=code -eval=code --load=run --script=run --noinform --non-interactive --quit --version --help
           --disable-debugger --no-userinit
  stop
  language other
  run      interpreters.other

guile racket gsi csi scheme chicken bb clojure clj lein-exec fennel janet
  options  -c=code -e,--eval=code -s=run -l=run -f=run -t=run -r -q -v,--version -h,--help -M -Sdeps=text -cp=text
           -T=text -X=text -A=text
  stop
  language other
  run      interpreters.other

runghc runhaskell stack-ghc ocaml utop raku octave gnuplot
  options  -e,--eval=code -eval=code -script=run --execute-string=code -q,--quiet -v,--version -h,--help -o=write
  stop
  language other
  run      interpreters.other

maxima
  options  -r,--batch-string=code --run-string=code -b,--batch=run -p,--preload=run -q,--quiet --very-quiet
           -v,--version -h,--help
  stop
  language other
  run      interpreters.other

swift scala scala-cli kotlin kotlinc
  options  -e,--eval=code -script=run -q,--quiet -v,--version -h,--help -o=write -cp=text -d=write
  language compiled
  run      interpreters.other
  > build test run package compile fmt repl setup-ide bloop doc format sdk experimental-install
    options  -c,--configuration=text --filter=text --package-path=enter --product=text --parallel --target=text -j=text
             --enable-code-coverage --scratch-path=write --build-path=write -S,--scala=text --dep=text
    operands text*
  > publish
    options  --dry-run!read-only
    operands text*
    traits   publishes
  > *
    stop
    language compiled
    run      interpreters.other

ghc
  options  -e=code -o=write -odir=write -hidir=write -outputdir=write -package=text -i=text --make -O -O1 -O2 -Wall -threaded -c
           -v,--version -h,--help
  single
  operands read*
  language other
  run      interpreters.compiler

crystal
  > eval
    options  -h,--help --prelude=text -d -D=text
    stop
    operands code
    language ruby
    run      interpreters.other
  > build docs tool spec i init env clear_cache
    options  -o=write --release --no-color --stats -D=text
    operands look*
  > run play
    stop
    language ruby
    run      interpreters.other
  > *
    stop
    language ruby
    run      interpreters.other

nim
  options  -d,--define=text --hints=text -f -v,--version -h,--help -e,--eval=code
  language other
  run      interpreters.other
  > e r
    options  -d,--define=text --hints=text -f --release -o,--out=write
    stop
    language other
    run      interpreters.other
  > c cpp cc js objc compile compileToC doc check
    options  -r,--run -d,--define=text -o,--out=write --release --mm=text --hints=text
    operands look*
  > *
    stop
    language other
    run      interpreters.other

psysh
  options  -c,--config=read --cwd=enter -i,--interactive -n -r,--raw-output -w,--warm-autoload -v,--version -h,--help
  language php
  run      interpreters.console

irb pry
  options  -r=text -I=text -e,--exec=code --noecho --nomultiline --noautocomplete --nocolorize --noprompt --simple-prompt -f -W
           -v,--version -h,--help
  stop
  language ruby
  run      interpreters.other

nu xonsh elvish
  options  -c,--commands=code -e,--execute=code --version --help -n,--no-config-file
  stop
  language other
  run      consoles.likeness

jshell
  options  -v -s,--class-path=text --version --help -R=text --startup=run
  language compiled
  run      interpreters.other
"""
