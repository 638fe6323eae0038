"""Files and folders: coreutils, findutils, and what lists or finds. Manual pages of section 1; POSIX utilities."""

TABLE = r"""
cp gcp
  options  -a,--archive -b,--backup=text? -f,--force -i,--interactive -l,--link -L,--dereference -n,--no-clobber
           -P,--no-dereference --preserve=text? -r,-R,--recursive --reflink=text? -s,--symbolic-link -S,--suffix=text
           -t,--target-directory=target -T,--no-target-directory -u,--update=text? -v,--verbose -x,--one-file-system
           --parents --sparse=text --no-preserve=text -H -p -c -X
  operands read* target^--target-directory
  tree     --archive --recursive

mv gmv
  options  -b,--backup=text? -f,--force -i,--interactive -n,--no-clobber -S,--suffix=text -t,--target-directory=target
           -T,--no-target-directory -u,--update=text? -v,--verbose --exchange
  operands move* target^--target-directory

ditto
  options  -c -k -x -X -V -v -z -j --arch=text --bom=read --rsrc --norsrc --keepParent --sequesterRsrc
           --zlibCompressionLevel=text
  operands read* write
  tree     always

install ginstall
  options  -b,--backup=text? -C,--compare -d,--directory -D -g,--group=text -m,--mode=text -o,--owner=text -s,--strip
           -S,--suffix=text -t,--target-directory=target -T,--no-target-directory -v,--verbose --strip-program=shell
  operands read* target^--target-directory
  instead  --directory write*

ln gln
  options  -b,--backup=text? -f,--force -i,--interactive -L,--logical -n,--no-dereference -P,--physical -r,--relative
           -s,--symbolic -S,--suffix=text -t,--target-directory=write -T,--no-target-directory -v,--verbose
  run      files.link

link
  operands edit write

rm grm srm
  options  -f,--force -i -I --interactive=text? -r,-R,--recursive -d,--dir -v,--verbose --no-preserve-root
           --preserve-root=text? --one-file-system -P -s,--simple -m,--medium -x -W
  operands delete*
  tree     --recursive
  output   nothing
  may      destroys-data

rmdir
  options  -p,--parents -v,--verbose --ignore-fail-on-non-empty
  operands delete*
  output   nothing

unlink
  operands delete

trash trash-put gio-trash rmtrash trash-rm
  options  -v -d -r -f -F -i -s -y
  operands delete*
  tree     always

gio
  > trash
    operands delete*
    tree     always
  > remove
    operands delete*
  > copy
    operands read* target
  > move
    operands move* target
  > cat
    operands read*
    traits   read-only
  > list info tree
    operands look*
    traits   read-only
  > open
    operands guess*
  > *

shred
  options  -f,--force -n,--iterations=text --random-source=read -s,--size=text -u,--remove=text? -v,--verbose
           -x,--exact -z,--zero
  operands write*
  instead  --remove delete*
  traits   destroys-data

mkdir gmkdir
  options  -m,--mode=text -p,--parents -v,--verbose -Z,--context=text?
  operands write*
  output   nothing
  run      files.folders

mkfifo
  options  -m,--mode=text -Z,--context=text?
  operands write*
  output   nothing
  run      files.pipes

mknod
  options  -m,--mode=text -Z,--context=text?
  operands write text*
  output   nothing
  run      files.pipes

mktemp
  options  -d,--directory -u,--dry-run -q,--quiet --suffix=text -p,--tmpdir=text? -t
  output   mktemp

touch gtouch
  options  -a -c,--no-create -d,--date=text -h,--no-dereference -m -r,--reference=look -t=text --time=text -A=text
  operands write*
  output   nothing

truncate
  options  -c,--no-create -o,--io-blocks -r,--reference=look -s,--size=text
  operands write*

fallocate
  options  -c,--collapse-range -d,--dig-holes -i,--insert-range -l,--length=text -n,--keep-size -o,--offset=text
           -p,--punch-hole -v,--verbose -x,--posix -z,--zero-range
  operands write

chmod gchmod
  options  -c,--changes -f,--silent -R,--recursive -v,--verbose --reference=look --preserve-root --no-preserve-root
  output   nothing
  run      files.mode

chown chgrp gchown
  options  -c,--changes -f,--silent -h,--no-dereference -H -L -P -R,--recursive -v,--verbose --reference=look
           --from=text --preserve-root --no-preserve-root
  operands text^--reference write*
  tree     --recursive
  output   nothing

chattr chflags
  options  -R,--recursive -V -f -v=text -p=text -h -H -L -P
  run      files.flagged

lsattr
  options  -R,--recursive -V -a -d -v -l -p
  operands look*
  traits   read-only

setfacl
  options  -m,--modify=text -x,--remove=text -M,--modify-file=read -X,--remove-file=read -b,--remove-all
           -k,--remove-default --set=text --set-file=read -R,--recursive -d,--default --test -L -P -n --mask
           --restore=read
  operands write*
  tree     --recursive

setfattr
  options  -n,--name=text -v,--value=text -x,--remove=text -h,--no-dereference --restore=read
  operands write*

getfacl getfattr
  options  -a,--access -d,--default -c -R,--recursive -n,--name=text -m,--match=text -e,--encoding=text -h
           --absolute-names --only-values -r -v
  operands look*
  traits   read-only

xattr
  options  -l -p -w -d -c -r -s -v -x
  operands text* look
  instead  -w text text edit*
  instead  -d text edit*
  instead  -c edit*
  instead  -l look*

dd gdd
  run      files.copy_blocks

tee gtee
  options  -a,--append -i,--ignore-interrupts -p
  operands write*
  output   through
  run      files.passes_on

split gsplit
  options  -a,--suffix-length=text -b,--bytes=text -C,--line-bytes=text -l,--lines=text -n,--number=text
           --filter=shell -d,--numeric-suffixes=text? --additional-suffix=text -e,--elide-empty-files
           -t,--separator=text -x,--hex-suffixes=text? -u,--unbuffered --verbose
  operands read write

csplit
  options  -b,--suffix-format=text -f,--prefix=text -k,--keep-files -n,--digits=text -q,-s,--quiet
           -z,--elide-empty-files --suppress-matched
  operands read text*

ls gls dir vdir lsd exa
  options  -a,--all -A,--almost-all --color=text? -d,--directory -h,--human-readable -I,--ignore=text -l
           -R,--recursive -S --sort=text --time=text --time-style=text -T,--tabsize=text -w,--width=text --format=text
           --block-size=text --hide=text --indicator-style=text --quoting-style=text --icon=text --depth=text
           --ignore-glob=text --blocks=text --date=text --size=text
  operands look*
  traits   read-only
  output   listings.names

eza
  options  -L,--level=text -I,--ignore-glob=text -s,--sort=text -t,--time=text --color=text --colour=text --icons=text?
           -w,--width=text --time-style=text --git-ignore -R,--recurse -T,--tree
  operands look*
  traits   read-only

tree
  options  -L=text -P=text -I=text -H=text -T=text -o=write --charset=text --filelimit=text --timefmt=text --sort=text
           --gitfile=read --infofile=read -a -f -i
  operands look*
  traits   read-only
  output   listings.tree -f

du dua
  options  -a,--all -d,--max-depth=text -h,--human-readable -s,--summarize -t,--threshold=text -X,--exclude-from=read
           --exclude=text -B,--block-size=text --time=text? --files0-from=read -I=text -n,--number-of-lines=text
  operands look*
  traits   read-only
  output   listings.sizes --all

df pydf
  options  -h,--human-readable -t,--type=text -x,--exclude-type=text -B,--block-size=text --output=text? --only=text
           --hide=text --sort=text --style=text --theme=text --width=text
  operands look*
  traits   read-only

stat gstat
  options  -c,--format=text -f,--file-system --printf=text -t,--terse -L,--dereference
  run      files.stat

mdls
  options  -name=text -nullMarker=text -plist=write -raw
  single
  operands look*
  traits   read-only

mdfind locate plocate mlocate
  options  -onlyin=text -name=text -count -live -0 -interpret -literal -d,--database=read -l,-n,--limit=text -b -c -e -i
           -r -w --regex -A
  single
  run      finder.index

updatedb
  options  -o,--output=write -U,--database-root=text -e=text -f=text -n=text
  traits   privileged

file
  options  -b,--brief -e,--exclude=text -f,--files-from=read -m,--magic-file=read -F=text -i,--mime -I --mime-type
           -L,--dereference -z -s -k -p -P=text
  operands look*
  traits   read-only
  output   listings.kinds

readlink greadlink
  options  -f,--canonicalize -e -m -n,--no-newline
  operands look*
  traits   read-only
  output   realpath

realpath grealpath
  options  -e -m -s,--strip -q -z -L -P --relative-to=text --relative-base=text
  operands look*
  traits   read-only
  output   realpath

basename
  options  -a,--multiple -s,--suffix=text -z
  traits   read-only
  output   basename

dirname
  options  -z,--zero
  traits   read-only
  output   dirname

pathchk namei
  options  -p -P -x,--mountpoints -m,--modes -o,--owners -l,--long -n,--nosymlinks -v,--vertical
  operands look*
  traits   read-only

find gfind
  single
  run      finder.run

fd fdfind
  options  -H,--hidden -I,--no-ignore -u,--unrestricted -e,--extension=text -E,--exclude=text -t,--type=text
           -d,--max-depth=text --min-depth=text -s,--case-sensitive -i,--ignore-case -g,--glob -F,--fixed-strings
           -a,--absolute-path -p,--full-path -c,--color=text -j,--threads=text -S,--size=text --changed-within=text
           --changed-before=text -o,--owner=text --max-results=text -C,--base-directory=enter --search-path=look
           -x,--exec=text -X,--exec-batch=text --ignore-file=read --format=text -l,--list-details
  run      files.fd

fzf sk
  options  -q,--query=text -f,--filter=text --preview=shell --bind=text --expect=text -d,--delimiter=text -n,--nth=text
           --with-nth=text --height=text --layout=text --prompt=text --header=text -m,--multi --history=edit
           --preview-window=text -1 -0 -e -x -i --color=text --border=text? --tiebreak=text --margin=text
           --listen=text? --with-shell=shell --walker=text --walker-root=text -c,--cmd=shell
  run      files.chooses

open xdg-open gnome-open kde-open start wslview
  options  -a=text -b=text -e -t -f -F -W -R -n -g -j -h -u=text -s=text -i=text -o=text --args --stdin=read
           --stdout=write --stderr=write --env=text
  run      network.opens
  may      computed-address

rename prename
  options  -n,--nono,--no-act -f,--force -v,--verbose -e=text -s,--symlink -d,--filename -i,--interactive -0 -E=text
           -o,--no-overwrite -a,--all -l,--last
  run      files.renames

mmv
  options  -m -x -r -c -o -a -l -s -h -d -p -g -t -v -n
  run      files.moves_many

vidir qmv
  options  -v,--verbose -f,--format=text -e,--editor=shell -R
  operands edit*

rsnapshot
  options  -c=read -v -q -V -t -D
  traits   read-only

xclip
  options  -i,-in -o,-out -selection=text -sel=text -target=text -t=text -d=text -l=text -loops=text -f -r -n -q
  single
  operands read*
  output   tells

xsel wl-copy wl-paste
  options  -i,-in,--input -o,-out,--output -selection=text -sel=text -target=text -t=text -d=text -b,--clipboard
           -p,--primary -s,--secondary -l=text -loops=text -f -r -n -q
  single
  output   tells

screencapture scrot gnome-screenshot maim grim spectacle flameshot imgcat
  options  -t=text -T=text -R=text -D=text -l=text -x -c -C -i -w -W -s -u -d=text -q=text -e=text -f=write --file=write
           -o=write -g=text -window=text -crop=text -resize=text -quality=text -screen -p=write -delay=text
  operands write*

import
  options  -window=text -crop=text -resize=text -quality=text -screen -delay=text -display=text -frame -pause=text
  single
  operands write*

say espeak espeak-ng spd-say
  options  -v,--voice=text -o,--output-file=write -f,--input-file=read -r,--rate=text -a=text -p=text -s=text -g=text
           -w=write --file-format=text --data-format=text --channels=text -l=text -i,--interactive=text?
  operands text*

textutil
  options  -convert=text -info -cat=text -output=write -extension=text -format=text -encoding=text -inputencoding=text
           -stdin -stdout -font=text -fontsize=text -title=text -author=text
  single
  operands read*

xcode-select
  options  -p,--print-path!read-only -s,--switch=text!privileged -r,--reset!privileged --install
  may      privileged

ioreg lsappinfo lsb_release
  options  -l -n=text -r -c=text -a --short -i -d -w=text
  traits   read-only
"""
