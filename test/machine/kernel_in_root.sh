#!/bin/bash
# Runs in the build root, in an empty directory, with the network: fetches the
# suite's kernel source and leaves the kernel `linux` in the directory.
# $1 is the architecture, um or x86_64, the rest are fragments of its configuration.
# Every failure ends in a line `cause: …`.
set -euo pipefail
arch=$1
fragments=("${@:2}")

die() {
    echo "cause: $*"
    exit 1
}

fetch() {
    local package
    apt-get -q update
    package=$(apt-cache depends linux-source | awk '$1 == "Depends:" && $2 ~ /^linux-source-/ { print $2; exit }')
    [[ $package ]] || die "the mirror's package index has no package linux-source"
    apt-get -q download "$package"
}

# What x86_64's build wants besides, and a machine without a GPU never needs
fetch_libelf() {
    apt-get -q download libelf-dev libelf1t64
    dpkg-deb -x libelf-dev_*.deb libelf
    dpkg-deb -x libelf1t64_*.deb libelf
    export C_INCLUDE_PATH=$PWD/libelf/usr/include LIBRARY_PATH=$PWD/libelf/usr/lib/x86_64-linux-gnu
}

# Straight from the package: the tarball and the documentation never touch the disk.
unpack() {
    local tarball
    tarball=$(dpkg-deb --fsys-tarfile linux-source-*.deb | tar -t | grep '/linux-source-[^/]*\.tar\.xz$')
    mkdir source
    dpkg-deb --fsys-tarfile linux-source-*.deb | tar -xO "$tarball" |
        tar -xJ -C source --strip-components=1 --exclude='*.rst' --exclude='*/amd/include/asic_reg/*'
    rm linux-source-*.deb
}

# $1 file, $2 sed program, $3 what must stand there afterwards, $4 how many times
patch_source() {
    local found
    [[ -f $1 ]] || die "this kernel has no $1: adapt patch_sources in kernel_in_root.sh"
    sed -i "$2" "$1"
    found=$(grep -c "$3" "$1" || true)
    ((found == $4)) || die "$1 has changed, the patch fits $found times instead of $4: adapt patch_sources in kernel_in_root.sh"
}

patch_sources() {
    # Mesa's software winsys allocates with these three, and the kernel keeps
    # them from render nodes, where a client has nothing else to open.
    patch_source drivers/gpu/drm/drm_ioctl.c \
        '/DRM_IOCTL_MODE_\(CREATE\|MAP\|DESTROY\)_DUMB,/s/, 0)/, DRM_RENDER_ALLOW)/' \
        'DRM_IOCTL_MODE_\(CREATE\|MAP\|DESTROY\)_DUMB,.*, DRM_RENDER_ALLOW)' 3
    # Timeline syncobjs are wholly in the DRM core; these drivers only don't say so.
    patch_source drivers/gpu/drm/vgem/vgem_drv.c \
        '/\.driver_features/s/DRIVER_GEM/DRIVER_GEM | DRIVER_SYNCOBJ | DRIVER_SYNCOBJ_TIMELINE/' \
        'driver_features.*DRIVER_SYNCOBJ_TIMELINE' 1
    patch_source drivers/gpu/drm/vkms/vkms_drv.c \
        '/\.driver_features/s/DRIVER_GEM/DRIVER_GEM | DRIVER_SYNCOBJ | DRIVER_SYNCOBJ_TIMELINE/' \
        'driver_features.*DRIVER_SYNCOBJ_TIMELINE' 1
    # Without it the time that threads are told they ran is counted in hundredths of a second.
    patch_source arch/um/kernel/time.c \
        '$a unsigned long long notrace sched_clock(void) { return os_nsecs(); }' \
        'sched_clock(void) { return os_nsecs(); }' 1
    bound_mappings
}

# User-Mode Linux maps each page into a process of the host, which may have 65530 mappings (vm.max_map_count).
# Whoever needed more had its next system call made up for it, and was killed at best. Now all is unmapped then,
# as a TLB is flushed that is full, and page faults map again what is used.
bound_mappings() {
    local unmap='if (res == (unsigned long)-ENOMEM) { stub_syscall2(__NR_munmap, 0, (unsigned long)d - UM_KERN_PAGE_SIZE); i = d->syscall_data_len; break; }'
    patch_source arch/um/kernel/skas/stub.c "/if (res != sc->mem.addr) {/i $unmap
/^\t\t\tif (res) {/i $unmap" '__NR_munmap, 0, ' 2
    # Of what the page table says is mapped already
    patch_source arch/um/kernel/trap.c \
        '/} while (!pte_present(\*pte));/a scoped_guard(spinlock_irqsave, \&mm->page_table_lock) { *pte = pte_mkneedsync(*pte); um_tlb_mark_sync(mm, address \& PAGE_MASK, (address \& PAGE_MASK) + PAGE_SIZE); }' \
        'page_table_lock) { \*pte = pte_mkneedsync' 1
}

configure() {
    local wanted lacking=()
    cat "${fragments[@]}" >../fragment
    make -s ARCH="$arch" KCONFIG_ALLCONFIG=../fragment allnoconfig
    while read -r wanted; do
        case $wanted in
        *=n) ! grep -qx "${wanted%=n}=y" .config || lacking+=("$wanted") ;;
        *) grep -qx "$wanted" .config || lacking+=("$wanted") ;;
        esac
    done < <(grep '^CONFIG_' ../fragment)
    ((${#lacking[@]} == 0)) || die "this kernel can't be configured with ${lacking[*]} (${fragments[*]})"
}

echo "Fetching the kernel source"
fetch
[[ $arch != x86_64 ]] || fetch_libelf
echo "Unpacking the kernel source"
unpack
cd source
patch_sources
configure
case $arch in
um) program=linux ;;
x86_64) program=vmlinux ;;
esac
make ARCH="$arch" -j"$(nproc)" "$program"
strip -o ../linux "$program"
