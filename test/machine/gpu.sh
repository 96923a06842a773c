# shellcheck shell=bash
# The machine gpu: QEMU with a virtio-gpu, which has a driver of its own. Its OpenGL is drawn by
# virglrenderer, on the host's CPU.

# What vgem, vkms and vivid leave out is a driver that isn't started.
optional_devices=(vgem vkms vivid bochs)
qemu_packages=(qemu-system-x86 qemu-system-modules-opengl)

ensure_gpu() {
    ensure_kernel x86_64
    ensure_qemu
}

# Sets qemu to the directory of its packages' files, fetching them when there is none. They are what
# the root file system lacks, and lie beside it: a tree of their own would be as big as that again.
ensure_qemu() {
    qemu=$cache/qemu-$root_key-$(hash_of <(echo "${qemu_packages[@]}"))
    [[ ! -d $qemu ]] || return 0
    find_mirror
    lock qemu
    if [[ ! -d $qemu ]]; then
        remove_tree "$cache"/qemu-*.half
        mkdir "$qemu.half"
        step 'Fetching QEMU' "$logs/qemu.log" fetch_qemu "$qemu.half"
        mv "$qemu.half" "$qemu"
    fi
    unlock
}

fetch_qemu() {
    make_sandbox "$root"
    # shellcheck disable=SC2016 # for the shell in the tree
    bwrap "${sandbox_args[@]}" "${network_args[@]}" --tmpfs /var/lib/apt/lists --tmpfs /var/cache/apt \
        --bind "$1" /build --chdir /build env "${base_environment[@]}" bash -euc '
            apt-get -q update --error-on=any
            mkdir -p archives/partial
            apt-get -q -y -o Debug::NoLocking=1 -o Dir::Cache::archives=/build/archives --download-only install "$@"
            for package in archives/*.deb; do dpkg-deb -x "$package" .; done
            rm -r archives' bash "${qemu_packages[@]}"
}

stream_devices_of_gpu() { echo /dev/hvc0 /dev/vport0p2 /dev/vport0p3; }

# Takes machine_devices, the names separated by spaces.
run_gpu() {
    local name absent=() devices
    local share='local,security_model=none,multidevs=remap'
    for name in vgem vkms vivid; do
        [[ " $machine_devices " == *" $name "* ]] || absent+=("${name}_init")
    done
    # Before the other devices of virtio, after whose number its ports are called
    devices=(
        -device virtio-serial-pci
        -chardev "$([[ $in == terminal ]] && echo stdio,signal=off || echo null),id=terminal"
        -device 'virtconsole,chardev=terminal,nr=1'
        -chardev 'file,id=out,path=/proc/self/fd/6' -device 'virtserialport,chardev=out,nr=2'
        -chardev 'file,id=err,path=/proc/self/fd/7' -device 'virtserialport,chardev=err,nr=3'
        # QEMU's own monitor, for who wants to see what is on a screen
        -qmp 'unix:/run/tarmac/qmp,server=on,wait=off'
        -chardev 'socket,id=qmp,path=/run/tarmac/qmp,reconnect-ms=100'
        -device 'virtserialport,chardev=qmp,nr=4,name=qmp'
    )
    [[ " $machine_devices " != *' bochs '* ]] || devices+=(-device 'bochs-display,id=bochs')
    make_sandbox "$root"
    exec bwrap "${sandbox_args[@]}" --unshare-net --setenv PATH /usr/bin --setenv HOME /tmp \
        --setenv LD_LIBRARY_PATH /run/qemu/usr/lib/x86_64-linux-gnu \
        --setenv QEMU_MODULE_DIR /run/qemu/usr/lib/x86_64-linux-gnu/qemu \
        --setenv LIBGL_ALWAYS_SOFTWARE 1 \
        --bind "$work" /run/tarmac --ro-bind "$kernel" /run/linux --ro-bind "$qemu" /run/qemu \
        --chdir / \
        /run/qemu/usr/bin/qemu-system-x86_64 -L /run/qemu/usr/share/qemu -L /run/qemu/usr/share/seabios \
        -M q35 -cpu max -accel tcg,thread=multi,tb-size=256 -m "$machine_memory" -smp "$machine_cpus" \
        -nodefaults -no-user-config -no-reboot -vga none \
        -kernel /run/linux \
        -append "root=root rootfstype=9p rootflags=trans=virtio,version=9p2000.L,msize=512000,cache=loose ro
            init=/run/tarmac/init host_files=9p console=ttyS0 quiet panic=-1
            initcall_blacklist=$(IFS=, && echo "${absent[*]}") vivid.n_devs=1 vivid.node_types=0x101" \
        "${devices[@]}" \
        -virtfs "$share,path=/,mount_tag=root,readonly=on" \
        -virtfs "$share,path=/run/tarmac,mount_tag=job" \
        -virtfs "$share,path=${checkout//,/,,},mount_tag=checkout" \
        -device virtio-rng-pci \
        -device virtio-gpu-gl-pci,id=gpu -display egl-headless,rendernode=/dev/null \
        -chardev file,id=console,path=/run/tarmac/console,append=on -serial chardev:console
}

cause_of_gpu() {
    if grep -q 'Cannot allocate memory\|cannot set up guest memory' "$work/console"; then
        printf 'This host could not give the memory (%s) that it was promised: close other programs, or try --mem with less. ' "$machine_memory"
    elif grep -q 'Kernel panic' "$work/console"; then
        printf 'Its kernel panicked. '
    fi
}
