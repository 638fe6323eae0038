"""Object files and what looks into programs. GNU Binutils manual; ld.so(8), ldd(1); macOS: otool, codesign."""

TABLE = r"""
strings
  options  -a -f -n,--bytes=text -t,--radix=text -e,--encoding=text -T,--target=text -o -w -d -s=text
  operands read*
  traits   read-only

patchelf
  options  --set-interpreter=text --set-rpath=text --add-rpath=text --set-soname=text --add-needed=text --output=write
           --remove-needed=text --replace-needed=text --print-rpath!read-only --print-interpreter!read-only
           --print-needed!read-only --print-soname!read-only --shrink-rpath --force-rpath --no-default-lib
  operands edit*
  instead  --output read*
  instead  --print-rpath read*
  instead  --print-interpreter read*
  instead  --print-needed read*
  instead  --print-soname read*

upx
  options  -1 -9 -d -t -l -o=write -f -k -q -v --best --brute
  operands edit*
  instead  -t read*
  instead  -l read*
"""
