# shellcheck shell=bash
# The machines' kernels: User-Mode Linux (um), an ordinary program, and one for QEMU (x86_64).

# has_kernel ARCHITECTURE: sets kernel to the finished file, and tells whether it is there.
has_kernel() {
    kernel_fragments=("$machine"/kernel{,."$1"}.config)
    kernel=$cache/kernel-$1-$(hash_of "${kernel_fragments[@]}" "$machine/kernel_in_root.sh" <(echo "$suite"))
    [[ -x $kernel ]]
}

# ensure_kernel ARCHITECTURE: sets kernel to the finished file, making it when there is none.
ensure_kernel() {
    local arch=$1
    ! has_kernel "$arch" || return 0
    lock "kernel-$arch"
    if [[ ! -x $kernel ]]; then
        need_space "$cache" 4 XDG_CACHE_HOME
        remove_tree "$cache"/kernel-"$arch"-*.half
        mkdir "$kernel.half"
        step "Building the machine's kernel" "$logs/kernel-$arch.log" build_kernel "$kernel.half" "$arch" "${kernel_fragments[@]}"
        mv "$kernel.half/linux" "$kernel"
        remove_tree "$kernel.half"
    fi
    unlock
}

# build_kernel DIRECTORY ARCHITECTURE FRAGMENT…
build_kernel() {
    make_sandbox "$root"
    bwrap "${sandbox_args[@]}" "${network_args[@]}" --tmpfs /var/lib/apt/lists --tmpfs /var/cache/apt \
        --bind "$1" /build --chdir /build \
        env "${base_environment[@]}" bash "$machine/kernel_in_root.sh" "${@:2}"
}
