"""The shell's own commands, and small programs beside them. bash(1), SHELL BUILTIN COMMANDS."""

TABLE = r"""
cd chdir : true false test [ break continue exit return shift let getopts hash wait disown unset sleep
  traits   read-only
  output   nothing

pushd popd dirs type whereis umask ulimit jobs fg bg times shopt yes tput clear reset stty tty uptime help id \
  groups
  traits   read-only

which
  traits   read-only
  output   named

expr nproc uname
  traits   read-only
  output   word

bc
  operands read*

man
  options  -P,--pager=shell -k -f
  traits   read-only

alias unalias bind complete compgen enable history mapfile readarray read local

export declare typeset readonly
  run      shells.declares

set
  run      shells.sets

printenv
  options  -0,--null
  run      shells.prints

echo
  traits   read-only
  output   echo

printf
  traits   read-only
  output   printf

pwd
  options  -L -P
  traits   read-only
  output   pwd

seq
  options  -s,--separator=text -f,--format=text -w
  traits   read-only
  output   seq

date
  options  -d,--date=text -f,--file=read -I=text? -r,--reference=read -s,--set=text -u -j -v=text
  traits   read-only
  output   word

whoami logname
  traits   read-only
  output   user

hostname
  traits   read-only
  output   hostname
"""
