#!/bin/bash
# Runs in the build root, in an empty directory, with the network: fetches the
# suite's kernel source and leaves the program `linux` in the directory.
# $1 is the configuration fragment. Every failure ends in a line `cause: …`.
set -euo pipefail
fragment=$1

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
}

configure() {
    local wanted lacking=()
    make -s ARCH=um KCONFIG_ALLCONFIG="$fragment" allnoconfig
    while read -r wanted; do
        case $wanted in
        *=n) ! grep -qx "${wanted%=n}=y" .config || lacking+=("$wanted") ;;
        *) grep -qx "$wanted" .config || lacking+=("$wanted") ;;
        esac
    done < <(grep '^CONFIG_' "$fragment")
    ((${#lacking[@]} == 0)) || die "this kernel can't be configured with ${lacking[*]} (test/machine/kernel.config)"
}

echo "Fetching the kernel source"
fetch
echo "Unpacking the kernel source"
unpack
cd source
patch_sources
configure
make ARCH=um -j"$(nproc)" linux
strip -o ../linux linux
