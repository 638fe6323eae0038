"""Archivers and compressors. tar(1), zip(1), gzip(1), zstd(1)."""

TABLE = r"""
tar gtar bsdtar
  options  -A,--catenate,--concatenate -c,--create -d,--diff,--compare --delete -r,--append -t,--list -u,--update
           -x,--extract,--get -C,--directory=text -f,--file=text -F,--info-script,--new-volume-script=shell
           -I,--use-compress-program=shell --to-command=shell --rmt-command=shell --rsh-command=shell
           --checkpoint-action=text -T,--files-from=read -X,--exclude-from=read --exclude=text
           -g,--listed-incremental=edit -K,--starting-file=text -L,--tape-length=text -N,--newer=text
           -b,--blocking-factor=text -H,--format=text -V,--label=text -s,--same-order --transform,--xform=text
           --strip-components=text --owner=text --group=text --mode=text --mtime=text --checkpoint=text? -j,--bzip2
           -J,--xz -z,--gzip,--gunzip -Z,--compress --zstd -a,--auto-compress -v,--verbose -k -p -m -h,--dereference
           -O,--to-stdout -P,--absolute-names -w -W -l -S -B -i -o -U --remove-files --totals --index-file=write
           --sort=text --exclude-vcs --one-file-system --null --no-recursion --wildcards --one-top-level=text?
           --level=text --suffix=text
  run      archives.tar

zip
  options  -r,--recurse-paths -x,--exclude=text -i,--include=text -q -v -u -m,--move -d,--delete -j -9 -0 -1 -e
           -P,--password=text -b=text -n=text -t=text -T -TT,--unzip-command=shell -s=text -y -@ -o -F -FF --out=write
  run      archives.zipped

unzip
  options  -d=text -o -n -q -l -t -p -c -j -u -v -x -P=text -Z
  run      archives.unzip

gzip gunzip pigz bzip2 bunzip2 xz unxz zstd unzstd
  options  -1 -9 -c,--stdout,--to-stdout -d,--decompress,--uncompress -f,--force -k,--keep -l,--list -q,--quiet
           -r,--recursive -S,--suffix=text -t,--test -T,--threads=text -v,--verbose -F,--format=text --files=read
           -o=write
  output   filters.unpacked
  run      archives.press

7z
  options  -o=write -p=text -t=text -m=text -x=text -i=text
  run      archives.seven
"""
