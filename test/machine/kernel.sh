# shellcheck shell=bash
# The machine's kernel: User-Mode Linux, an ordinary program.

# Sets kernel to the finished program, making it when there is none.
ensure_kernel() {
    kernel=$cache/kernel-$(hash_of "$machine/kernel.config" "$machine/kernel_in_root.sh" <(echo "$suite"))
    [[ ! -x $kernel ]] || return 0
    lock kernel
    if [[ ! -x $kernel ]]; then
        need_space "$cache" 4 XDG_CACHE_HOME
        remove_tree "$cache"/kernel-*.half
        mkdir "$kernel.half"
        step "Building the machine's kernel" "$logs/kernel.log" build_kernel "$kernel.half"
        mv "$kernel.half/linux" "$kernel"
        remove_tree "$kernel.half"
    fi
    unlock
}

build_kernel() {
    make_sandbox "$root"
    bwrap "${sandbox_args[@]}" "${network_args[@]}" --tmpfs /var/lib/apt/lists --tmpfs /var/cache/apt \
        --bind "$1" /build --chdir /build \
        env "${base_environment[@]}" bash "$machine/kernel_in_root.sh" "$machine/kernel.config"
}
