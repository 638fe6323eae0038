"""Programs of Windows as text in a shell may call them: learn.microsoft.com, Windows commands."""

TABLE = r"""
cmd cmd.exe
  run      windows.cmd

del erase rd deltree format diskpart cipher sdelete fsutil
  run      windows.destroys
  may      destroys-data

reg reg.exe
  > query compare export save
    traits   read-only
  > add import copy load restore delete unload
    traits   privileged

schtasks schtasks.exe
  options  -query
  run      windows.tasks
  may      controls-service

net net.exe net1
  may      privileged
  > user localgroup accounts group
    run      windows.accounts
  > stop start pause continue
    traits   controls-service
  > view time statistics config session file help
    traits   read-only
  > share use
    run      windows.accounts

sc sc.exe
  > query queryex qc qdescription getdisplayname sdshow enumdepend
    traits   read-only
  > create delete stop start config failure sdset
    traits   controls-service

icacls icacls.exe takeown cacls attrib
  run      windows.rights
  may      privileged

bcdedit bcdedit.exe
  run      windows.boot
  may      privileged

vssadmin wbadmin
  > list get
    traits   read-only
  > delete resize
    traits   destroys-data
  > create start
    traits   privileged

wevtutil wevtutil.exe
  > qe gl el gli enum-logs query-events
    traits   read-only
  > cl clear-log sl
    traits   destroys-data

taskkill taskkill.exe tskill
  traits   signals

tasklist tasklist.exe systeminfo systeminfo.exe ipconfig ipconfig.exe whoami.exe where.exe ver driverquery hostname.exe \
    getmac nbtstat netstat.exe
  traits   read-only

wmic wmic.exe
  run      windows.wmic
  may      privileged

certutil.exe bitsadmin bitsadmin.exe mshta mshta.exe regsvr32 regsvr32.exe rundll32 rundll32.exe msiexec msiexec.exe \
    installutil cscript wscript
  run      windows.fetches
  may      runs-fetched-code

netsh netsh.exe
  run      windows.netsh
  may      privileged

setx setx.exe

msbuild devenv csc vbc
  run      windows.builds

robocopy robocopy.exe xcopy xcopy.exe
  run      windows.copies
  may      destroys-data
"""
