"""Archivers, compressors and what keeps copies. tar(1), zip(1), gzip(1), zstd(1), 7z(1), ar(1), cpio(1); restic, borg."""

TABLE = r"""
tar gtar bsdtar
  options  -A,--catenate,--concatenate -c,--create -d,--diff,--compare --delete -r,--append -t,--list -u,--update
           -x,--extract,--get -C,--directory,--cd=text -f,--file=text -F,--info-script,--new-volume-script=shell
           -I,--use-compress-program=shell --to-command=shell --rmt-command=shell --rsh-command=shell
           --checkpoint-action=text -T,--files-from=read -X,--exclude-from=read --exclude=text
           -g,--listed-incremental=edit -K,--starting-file=text -L,--tape-length=text -N,--newer=text
           -b,--blocking-factor=text -H,--format=text -V,--label=text -s,--same-order --transform,--xform=text
           --strip-components=text --owner=text --group=text --mode=text --mtime=text --checkpoint=text? -j,--bzip2
           -J,--xz -z,--gzip,--gunzip -Z,--compress --zstd -a,--auto-compress -v,--verbose -k -p -m -h,--dereference
           -O,--to-stdout -P,--absolute-names -w -W -l -S -B -i -o -U --remove-files --totals --index-file=write
           --sort=text --exclude-vcs --one-file-system --null --no-recursion --wildcards --one-top-level=text?
           --level=text --suffix=text --include=text --options=text --uid=text --gid=text --add-file=read
           --volno-file=edit --exclude-tag=text --newer-mtime=text --occurrence=text? --pax-option=text
           --quoting-style=text
  run      archives.tar

zip
  options  -r,--recurse-paths -x,--exclude=text -i,--include=text -q -v -u -m,--move -d,--delete -j -9 -0 -1 -e
           -P,--password=text -b=text -n=text -t=text -T -TT,--unzip-command=shell -s=text -y -@ -o -F -FF --out=write
           -X -D -g -f -l -ll -z -tt=text -UN=text -ic -nw -R
  run      archives.zipped

unzip bsdunzip zipinfo
  options  -d=text -o -n -q -l -t -p -c -j -u -v -x -P=text -Z -z -a -b -C -L -K -X -f -O=text -I=text
  run      archives.unzip

gzip gunzip pigz unpigz bzip2 bunzip2 pbzip2 xz unxz pixz lzma unlzma zstd unzstd pzstd lz4 unlz4 brotli compress \
  uncompress lzip lzop
  options  -1 -9 -c,--stdout,--to-stdout -d,--decompress,--uncompress -f,--force -k,--keep -l,--list -q,--quiet,-n
           -r,--recursive -S,--suffix=text -t,--test -T,--threads=text -v,--verbose -F,--format=text --files=read
           -o,--output=write --rm -m,--multiple -D=read --dictionary=read --memory=text -B=text -b=text -w,--lgwin=text
           --ultra --long=text? --adapt=text? --fast=text? -j,-C -p=text --output-dir-flat=text --rsyncable -e,--extreme
  output   filters.unpacked
  run      archives.press

7z 7za 7zz 7zr rar unrar
  options  -o=text -p=text -t=text -m=text -x=text -i=text -so -si=text -sdel -df -y -r -w=text -hp=text -v=text
           -ai=text -an -ao=text -bd -bb=text -scs=text -slp -spf -ssc -stl -u=text -ep1 -ep -id=text -inul -kb -or
           -ow -ad
  single
  run      archives.seven

cpio
  options  -o,--create -i,--extract -p,--pass-through -t,--list -F,--file=text -O=text -I=text -D,--directory=text
           -E,--pattern-file=read -H,--format=text -d,--make-directories -v,--verbose -u,--unconditional -m -a -0,--null
           -B -C=text -M=text -R,--owner=text --rsh-command=shell --no-absolute-filenames
  run      archives.cpio

unsquashfs cabextract unar lsar innoextract rpm2cpio rpm2archive
  options  -d,--dest,--directory,-o,-output-directory,--output-dir=text -l,--list -t,--test -f -force -s,-stat -ls -ll
           -lls -lc -cat -n -p=text -x -e=text -F=text -q -i,--info -D -k -C=text
  single
  run      archives.unpacks

mksquashfs genisoimage mkisofs xorriso
  options  -comp=text -e=text -ef=read -b=text -o,-output=write -V=text -J -r -R -processors=text -noappend -sort=read
           -p=text -pf=read -all-root -no-progress -graft-points -input-charset=text -as=text -outdev=write -indev=read
  single
  run      archives.packs

dpkg-deb asar
  options  -b,--build -x,--extract -X,--vextract -R,--raw-extract -e,--control -c,--contents -f,--field -I,--info
           -W,--show -Z=text -z=text -S=text --root-owner-group --nocheck --unpack=text --unpack-dir=text
  run      archives.extracts

zcat bzcat xzcat lzcat zstdcat lz4cat gzcat
  options  -f,--force
  operands read*
  traits   read-only
  output   filters.unpacked

zless zmore xzless bzless zstdless zdiff zcmp xzdiff bzdiff
  operands read*
  traits   read-only

par2 rhash sha256deep hashdeep
  options  -r=text -c -n=text -s=text -q -v -o=write -k=read -m=read -x=read -j=text -e --verify
  operands read*

restic kopia
  options  -r,--repo=text -p,--password-file=text --password-command=shell --repository-file=read -o,--option=text
           --cacert=text --tls-client-cert=text --cache-dir=text -q,--quiet -v,--verbose --json --no-lock
           --tag=text --host=text -H=text --path=text -n,--dry-run
  run      archives.keeps
  may      destroys-data sends
  > backup
    options  -e,--exclude=text --iexclude=text --exclude-file=read --files-from=read --files-from-raw=read
             --files-from-verbatim=read --parent=text --stdin-filename=text -x,--one-file-system --time=text
  > restore
    options  -t,--target=text -i,--include=text -e,--exclude=text
  > forget
    options  -l,--keep-last=text -d,--keep-daily=text -w,--keep-weekly=text -m,--keep-monthly=text -y,--keep-yearly=text
             --keep-within=text --prune --keep-tag=text -g,--group-by=text
  > prune
    options  --max-unused=text --max-repack-size=text
  > snapshots ls find stats check diff cat version list
    traits   read-only
  > dump
    traits   read-only
  > *

borg borgmatic
  options  -r,--repo=text --rsh=shell --remote-path=text -n,--dry-run --progress -v,--verbose --lock-wait=text
           -s,--stats --list --json -p --log-json
  run      archives.keeps
  may      destroys-data sends
  > create
    options  -e,--exclude=text --exclude-from=read --patterns-from=read -C,--compression=text --comment=text
             --timestamp=text -x,--one-file-system --pattern=text --chunker-params=text --files-cache=text
  > extract
    options  --strip-components=text -e,--exclude=text --stdout
  > delete prune compact
    options  -d,--keep-daily=text -w,--keep-weekly=text -m,--keep-monthly=text -y,--keep-yearly=text -a=text
             --keep-within=text --force -P,--prefix=text --glob-archives=text
  > list info check diff mount umount version
    traits   read-only
  > *

duplicity
  options  --encrypt-key=text --sign-key=text --exclude=text --include=text --exclude-filelist=read
           --full-if-older-than=text --ssh-options=text --name=text --archive-dir=text --force -t,--time=text
           --file-to-restore=text --dry-run
  run      archives.keeps
  may      sends
  > restore
  > full incremental
  > cleanup remove-older-than remove-all-but-n-full
    traits   destroys-data
  > collection-status list-current-files verify
    traits   read-only
  > *
"""
