"""Files and folders: coreutils, findutils, and what lists or finds. Manual pages of section 1; POSIX utilities."""

TABLE = r"""
cp
  options  -a,--archive -b,--backup=text? -f,--force -i,--interactive -l,--link -L,--dereference -n,--no-clobber
           -P,--no-dereference --preserve=text? -r,-R,--recursive --reflink=text? -s,--symbolic-link -S,--suffix=text
           -t,--target-directory=target -T,--no-target-directory -u,--update=text? -v,--verbose -x,--one-file-system
  operands read* target^--target-directory
  tree     --archive --recursive

mv
  options  -b,--backup=text? -f,--force -i,--interactive -n,--no-clobber -S,--suffix=text -t,--target-directory=target
           -T,--no-target-directory -u,--update=text? -v,--verbose
  operands move* target^--target-directory

install
  options  -b,--backup=text? -C,--compare -d,--directory -D -g,--group=text -m,--mode=text -o,--owner=text -s,--strip
           -S,--suffix=text -t,--target-directory=target -T,--no-target-directory -v,--verbose
  operands read* target^--target-directory
  instead  --directory write*

ln
  options  -b,--backup=text? -f,--force -i,--interactive -L,--logical -n,--no-dereference -P,--physical -r,--relative
           -s,--symbolic -S,--suffix=text -t,--target-directory=write -T,--no-target-directory -v,--verbose
  run      files.link

rm
  options  -f,--force -i -I --interactive=text? -r,-R,--recursive -d,--dir -v,--verbose --no-preserve-root
           --preserve-root=text? --one-file-system
  operands delete*
  tree     --recursive
  output   nothing

rmdir
  options  -p,--parents -v,--verbose --ignore-fail-on-non-empty
  operands delete*
  output   nothing

unlink
  operands delete

shred
  options  -f,--force -n,--iterations=text --random-source=read -s,--size=text -u,--remove=text? -v,--verbose
           -x,--exact -z,--zero
  operands write*
  instead  --remove delete*
  traits   destroys-data

mkdir
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

touch
  options  -a -c,--no-create -d,--date=text -h,--no-dereference -m -r,--reference=read -t=text --time=text
  operands write*
  output   nothing

truncate
  options  -c,--no-create -o,--io-blocks -r,--reference=read -s,--size=text
  operands write*

chmod
  options  -c,--changes -f,--silent -R,--recursive -v,--verbose --reference=read --preserve-root --no-preserve-root
  output   nothing
  run      files.mode

chown chgrp
  options  -c,--changes -f,--silent -h,--no-dereference -H -L -P -R,--recursive -v,--verbose --reference=read
           --from=text --preserve-root --no-preserve-root
  operands text^--reference write*
  tree     --recursive
  output   nothing

dd
  run      files.copy_blocks

tee
  options  -a,--append -i,--ignore-interrupts -p
  operands write*
  output   through
  run      files.passes_on

split
  options  -a,--suffix-length=text -b,--bytes=text -C,--line-bytes=text -l,--lines=text -n,--number=text
           --filter=shell -d,--numeric-suffixes=text? --additional-suffix=text
  operands read write

ls
  options  -a,--all -A,--almost-all --color=text? -d,--directory -h,--human-readable -I,--ignore=text -l
           -R,--recursive -S --sort=text --time=text --time-style=text -T,--tabsize=text -w,--width=text --format=text
           --block-size=text --hide=text --indicator-style=text --quoting-style=text
  operands look*
  traits   read-only
  output   listings.names

eza
  options  -L,--level=text -I,--ignore-glob=text -s,--sort=text -t,--time=text
  operands look*
  traits   read-only

tree
  options  -L=text -P=text -I=text -H=text -T=text -o=write --charset=text --filelimit=text --timefmt=text
  operands look*
  traits   read-only

du
  options  -a,--all -d,--max-depth=text -h,--human-readable -s,--summarize -t,--threshold=text -X,--exclude-from=read
           --exclude=text -B,--block-size=text --time=text? --files0-from=read
  operands look*
  traits   read-only

df
  options  -h,--human-readable -t,--type=text -x,--exclude-type=text -B,--block-size=text
  operands look*
  traits   read-only

stat
  options  -c,--format=text -f,--file-system --printf=text -t,--terse
  operands look*
  traits   read-only

file
  options  -b,--brief -e,--exclude=text -f,--files-from=read -m,--magic-file=read -F=text
  operands read*
  traits   read-only

readlink
  options  -f,--canonicalize -e -m -n,--no-newline
  operands look*
  traits   read-only
  output   realpath

realpath
  options  -e -m -s,--strip --relative-to=text --relative-base=text
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

find gfind
  single
  run      finder.run

fd fdfind
  options  -H,--hidden -I,--no-ignore -u,--unrestricted -e,--extension=text -E,--exclude=text -t,--type=text
           -d,--max-depth=text --min-depth=text -s,--case-sensitive -i,--ignore-case -g,--glob -F,--fixed-strings
           -a,--absolute-path -p,--full-path -c,--color=text -j,--threads=text -S,--size=text --changed-within=text
           --changed-before=text -o,--owner=text --max-results=text -C,--base-directory=enter --search-path=read
           -x,--exec=text -X,--exec-batch=text
  run      files.fd

open xdg-open
  options  -a=text -b=text
  operands guess*

mount
  options  -t=text -o=text -L=text -U=text
  traits   privileged

umount
  options  -t=text -l -f
  traits   privileged

mkfs mkfs.ext4 wipefs
  options  -t=text
  operands write*
  traits   destroys-data
"""
