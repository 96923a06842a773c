# shellcheck shell=bash
# The sandbox: the root file system read only, the checkout writable at its own path.

# What apt in the sandbox needs of the host.
network_args=(--ro-bind-try /etc/resolv.conf /etc/resolv.conf --ro-bind-try /etc/hosts /etc/hosts)

# Sets sandbox_args for bwrap. The root's entries are bound one by one, so that
# the checkout's directories can be made beside them without touching the tree.
make_sandbox() {
    sandbox_args=(--unshare-user --uid 0 --gid 0 --unshare-pid --unshare-ipc --unshare-uts
        --die-with-parent --clearenv)
    expose "$1" ''
    sandbox_args+=(--dev /dev --proc /proc --dir /sys --tmpfs /tmp --dir /run
        --bind "$checkout" "$checkout")
}

expose() {
    local tree=$1 dir=$2 entry path
    for entry in "$tree$dir"/* "$tree$dir"/.[!.]*; do
        path=$dir/${entry##*/}
        case $path in
        /dev | /proc | /sys | /tmp | /run) continue ;;
        esac
        if [[ -L $entry ]]; then
            sandbox_args+=(--symlink "$(readlink "$entry")" "$path")
        elif [[ $checkout/ == "$path"/* ]]; then
            sandbox_args+=(--dir "$path")
            [[ $checkout == "$path" ]] || expose "$tree" "$path"
        elif [[ -e $entry ]]; then
            sandbox_args+=(--ro-bind "$entry" "$path")
        fi
    done
}

base_environment=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin HOME=/root LANG=C.UTF-8)

# The user's own settings for what runs inside.
passed_environment() {
    local name
    for name in $(compgen -e); do
        case $name in
        TARMAC_* | WLR_* | WAYLAND_DEBUG | MESA_* | LIBGL_* | EGL_* | *SAN_OPTIONS | MESON_TESTTHREADS | TERM | COLORTERM | NO_COLOR | CI)
            printf '%s\0' "$name=${!name}" ;;
        esac
    done
}

# in_root COMMAND…: runs COMMAND in the build root, in the checkout.
in_root() {
    local environment
    mapfile -d '' -t environment < <(passed_environment)
    make_sandbox "$root"
    bwrap "${sandbox_args[@]}" --unshare-net --tmpfs /root --chdir "${work_dir:-$checkout}" \
        env "${base_environment[@]}" "${environment[@]}" "$@"
}
