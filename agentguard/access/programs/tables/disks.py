"""Disks and file systems. util-linux, e2fsprogs, parted(8), cryptsetup(8), lvm(8), zfs(8); macOS: diskutil(8), hdiutil(1)."""

TABLE = r"""
mount
  options  -t=text -o=text -L=text -U=text -a!privileged -O=text -B!privileged --bind!privileged -l -h -V
  operands text*
  run      files.mounted

umount
  options  -t=text -O=text -a!privileged -l -f -n -R -r -v -q -c -d -A!privileged -h -V -N=text
  operands text*
  run      files.mounted

fstrim eject xfs_growfs
  options  -t=text -o,--offset=text -l=text -m=text -n,--dry-run,--noop!read-only -a,--all -v -h -p
  traits   privileged

partprobe vgchange lvchange lvextend vgextend pvresize
  options  -t=text -O=text -L=text -o=text -a -l -f -n -h -p -y
  traits   privileged

lvreduce vgreduce
  options  -L,--size=text -l,--extents=text -f,--force -n -r,--resizefs -t,--test!read-only -y,--yes -v -a,--all
           --removemissing -A=text
  traits   privileged destroys-data

lvresize
  options  -L,--size=text -l,--extents=text -f,--force -n -r,--resizefs -t,--test!read-only -y,--yes -v -A=text
  traits   privileged
  run      disks.resizes
  may      destroys-data

xfs_repair
  options  -n!read-only -V!read-only -L -d -P -v -e -f -c=text -l=text -m=text -o=text -r=text -t=text
  run      disks.alters
  may      privileged

e2label
  run      disks.labels
  may      privileged

resize2fs xfs_admin e2fsck fsck fsck.ext4 fsck.xfs
  options  -n!read-only -N!read-only -u!read-only -V -t=text -L=text -U=text -c=text -l=text -o=text -m=text -j=text
           -O=text -E=text -z=write -a -p -y -f -d -F -M -P -v -e -b=text -B=text -C=text
  run      disks.alters
  may      privileged

tune2fs
  options  -l!read-only -L=text -U=text -c=text -C=text -e=text -E=text -g=text -i=text -I=text -J=text -m=text -M=text
           -o=text -O=text -Q=text -r=text -T=text -u=text -z=write -f -j
  run      disks.alters
  may      privileged

mdadm
  options  --detail!read-only -D!read-only --examine!read-only -E!read-only --query!read-only -Q!read-only
           --examine-bitmap!read-only -X!read-only --monitor!read-only -F!read-only --zero-superblock -a=text? --add
           -C,--create -A,--assemble --scan -s -S,--stop -r,--remove -f,--fail -l,--level=text
           -n,--raid-devices=text -x,--spare-devices=text -N,--name=text -e,--metadata=text -c,--config=text
           --help!read-only
  run      disks.arrays
  may      privileged destroys-data

dmsetup
  options  -f,--force -c -o=text -r,--readonly --noheadings -v --help!read-only --version!read-only
  traits   privileged
  > ls info status table deps targets version
    traits   read-only
  > *

kpartx
  options  -l!read-only -a -d -u -r -v -s -f -g -n -p=text
  run      disks.governs
  may      privileged

mkfs mkfs.ext2 mkfs.ext3 mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.fat mkfs.vfat mkfs.ntfs mkfs.exfat mke2fs newfs \
  newfs_apfs newfs_hfs newfs_msdos
  options  -t=text -L=text -U=text -b=text -m=text -O=text -i=text -N=text -F -f -q -n=text -d=read -E=text
  may      destroys-data
  run      disks.formats

wipefs
  options  -a,--all -b,--backup=text? -f,--force -i,--noheadings -J,--json -n,--no-act -o,--offset=text -O,--output=text
           -p,--parsable -q,--quiet -t,--types=text --lock=text?
  run      disks.signatures
  may      destroys-data

blkdiscard
  options  -f,--force -o,--offset=text -l,--length=text -p,--step=text -s,--secure -z,--zeroout -v,--verbose
  operands write
  traits   destroys-data

badblocks
  options  -w!destroys-data -n!destroys-data -b=text -c=text -o=write -i=read -p=text -t=text -d=text -e=text -s -v -f
  operands look text*

parted
  options  -l,--list -s,--script -m,--machine -a,--align=text -f,--fix
  run      disks.partitions
  may      destroys-data

fdisk cfdisk gdisk
  options  -l,--list -x -s -b=text -c=text? -L=text? -o=text -t=text -u=text? -w=text -W=text
  run      disks.partitions
  may      destroys-data

sfdisk
  options  -l,--list -d,--dump -J,--json -V,--verify -n,--no-act -s,--show-size -F,--list-free -N=text -A -o=text
           -w=text -W=text -X=text -q --delete --wipe=text
  run      disks.partitions
  may      destroys-data

sgdisk
  options  -p,--print -i,--info=text -v,--verify -P,--pretend -V -F -E -D -L -Z,--zap-all -z,--zap -o,--clear
           -d,--delete=text -n,--new=text -t,--typecode=text -c,--change-name=text -g -G -u=text -b,--backup=write
           -l,--load-backup=read
  run      disks.partitions
  may      destroys-data

cryptsetup
  options  -d,--key-file=read -c,--cipher=text -h,--hash=text -s,--key-size=text --type=text -q,--batch-mode -y
           --header=text --master-key-file=read --volume-key-file=read --header-backup-file=write -S,--key-slot=text
  traits   privileged
  > luksFormat
    operands write read
    traits   destroys-data
  > erase luksErase reencrypt
    operands write
    traits   destroys-data
  > luksHeaderBackup luksDump isLuks status benchmark
    traits   read-only
  > *

pvremove vgremove lvremove
  options  -f,--force -y,--yes -t,--test!read-only -S,--select=text
  traits   destroys-data

pvcreate vgcreate lvcreate
  options  -f,--force -y,--yes -L,--size=text -l,--extents=text -n,--name=text -s,--snapshot -T,--thin -t,--test!read-only
  traits   privileged

pvs vgs lvs pvdisplay vgdisplay lvdisplay swaplabel dumpe2fs xfs_info isoinfo
  options  -o,--output=text -s=text -t=text -L=text -U=text -S=text -J,--json -n,--noheadings
  traits   read-only

zfs
  options  -o=text -t=text -s=text -S=text -d=text
  traits   privileged
  > destroy
    options  -f -n -p -R -r -v -d
    traits   destroys-data
  > rollback
    traits   destroys-data
  > list get holds diff version help
    traits   read-only
  > send
    traits   read-only
  > *

zpool
  options  -o=text
  traits   privileged
  > destroy labelclear
    traits   destroys-data
  > list status get history iostat version events
    traits   read-only
  > *

btrfs
  traits   privileged
  > subvolume
    >> delete
      operands delete*
      traits   destroys-data
    >> list show get-default
      traits   read-only
    >> *
  > filesystem
    >> df du show usage
      traits   read-only
    >> *
  > *

sync
  options  -d,--data -f,--file-system
  traits   read-only

hdiutil
  options  -srcfolder=text -o=write -volname=text -fs=text -size=text -format=text -mountpoint=text -mountroot=text
           -stdinpass -agentpass -encryption=text -type=text -layout=text -nobrowse -quiet
  single
  run      disks.images
  > create
    operands write
  > convert
    operands read
  > attach mount info imageinfo verify detach unmount eject
    operands text*
  > *

plutil
  options  -convert=text -o=write -p -lint -s -e=text -r -replace=text -insert=text -remove=text -extract=text
           -create=text
  single
  operands read*
  instead  -create edit*
  instead  -convert edit*
  instead  -replace text* edit
  instead  -insert text* edit
  instead  -remove text* edit
  instead  -create write*
  instead  -convert edit*
"""
