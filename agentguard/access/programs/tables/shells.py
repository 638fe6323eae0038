"""The shell's own commands, and small programs beside them. bash(1), SHELL BUILTIN COMMANDS."""

TABLE = r"""
cd chdir : true false test [ break continue exit return shift let getopts hash wait disown unset sleep
  traits   read-only
  output   nothing

pushd popd dirs type whereis umask ulimit jobs fg bg times shopt tput clear reset stty tty uptime help id \
  groups
  traits   read-only

yes
  traits   read-only
  output   filters.repeated

which
  traits   read-only
  output   named

expr nproc uname
  traits   read-only
  output   word

bc
  operands read*

dc
  options  -e,--expression=text -f,--file=read -i -V,--version -h,--help
  operands read*
  run      consoles.dc

man
  options  -P,--pager=shell -k,--apropos -f,--whatis -C,--config-file=read -H,--html=shell? -l,--local-file -M,--manpath=text
           -S,-s,--sections=text -p,--preprocessor=text -T,--troff-device=text? -X,--gxditview=text? -Z,--ditroff
           -L,--locale=text -m,--systems=text -E,--encoding=text -R,--recode=text -a,--all -w,--where,--path,--location
           -K,--global-apropos
  operands page*
  instead  --local-file read*
  traits   read-only

history
  options  -c -d=text -a -n -r -w -p -s -R=read -A=write -W=write
  operands read*
  instead  -w write*
  instead  -a write*
  instead  -p text*
  instead  -s text*
  instead  -c text*

alias unalias mapfile readarray read local setopt unsetopt autoload zmodload
  may      computed-address sends

print
  options  -a -b -c -C=text -D -f=text -i -l -m -n -N -o -O -p -P -r -R -s -S -u=text -v=text -x=text -X=text -z
  traits   read-only
  output   print

whence rehash zstyle zle bindkey compinit vared
  traits   read-only

ztcp
  options  -a -c -d=text -f -l,--listen -L -t -v
  fetches
  run      network.netcat
  may      sends

sysopen
  options  -r -w -u=text -o=text -m=text
  operands read*
  instead  -w write*

sysread syswrite sysseek
  traits   read-only

zf_rm
  like     rm

zf_mv
  like     mv

zf_ln
  like     ln

zf_mkdir
  like     mkdir

zf_rmdir
  like     rmdir

zf_chmod
  like     chmod

bind
  options  -m=text -f=read -q=text -u=text -r=text -x=shell-behind-colon -l -p -P -s -S -v -V -X

complete
  options  -A=text -C=shell -F=text -G=text -P=text -S=text -W=text -X=text -o=text -D -E -I -p -r

compgen
  options  -A=text -C=shell -F=text -G=text -P=text -S=text -W=text -X=text -o=text
  run      shown.completions
  output   listings.globbed
  may      prints-environment

enable
  options  -f=run -a -d -n -p -s

fc
  options  -e=shell -l -n -r -s -R=read -A=write -W=write -p=edit

export declare typeset readonly
  run      shells.declares
  may      prints-environment

set
  run      shells.sets
  may      prints-environment

printenv
  options  -0,--null
  run      shells.prints
  output   printenv
  may      prints-environment

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
  options  -d,--date=text -f,--file=read -I=text? -r,--reference=read -s,--set=text!privileged -u -j -v=text
  traits   read-only^-s,--set
  output   word

whoami logname
  traits   read-only
  output   user

hostname
  options  -a -A -b,--boot -d -f -F,--file=read -i -I -s -y
  run      machine.named
  may      privileged
  output   hostname
"""
