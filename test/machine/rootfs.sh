# shellcheck shell=bash
# The root file system: a Debian tree that serves as build root and as the machine's root.

# Sets root to the finished tree, making it when there is none.
# $1: packages to add, separated by commas (may be empty).
ensure_root() {
    root_key=$(hash_of "$machine/packages" <(declare -f debootstrap_into; echo "$suite"))
    root=$cache/root-$root_key
    keep_tree "$root"
    if [[ ! -d $root ]]; then
        need_root_tools
        lock root
        [[ -d $root ]] || make_root
        unlock
    fi
    [[ -z ${1:-} ]] || ensure_extended_root "$1"
}

# As long as this process lives, forget_trees leaves the tree alone.
keep_tree() {
    local descriptor
    exec {descriptor}>"$1.used"
    flock -s "$descriptor"
    touch "$1.used"
}

# forget_trees DAYS: removes those that nobody has used for so long.
forget_trees() {
    local tree descriptor
    for tree in "$cache"/root-*/; do
        tree=${tree%/}
        [[ -d $tree && -z $(find "$tree.used" -mtime "-$1" 2>/dev/null) ]] || continue
        exec {descriptor}>>"$tree.used"
        if flock -xn "$descriptor"; then
            remove_tree "$tree" "$cache/qemu-${tree##*/root-}"-*
            rm -f "$tree.used"
        else
            say "$tree is in use, and stays."
        fi
        exec {descriptor}>&-
    done
}

need_root_tools() {
    local tools=(mmdebstrap:mmdebstrap xz:xz-utils)
    # An ordinary user's tree is unpacked under a range of ids that he is lent.
    ((EUID == 0)) || tools+=(newuidmap:uidmap)
    need_host "${tools[@]}"
    find_mirror
    need_space "$cache" 4 XDG_CACHE_HOME
    need_space "$big_tmp" 3 TMPDIR
}

make_root() {
    local half=$root.half
    remove_tree "$cache"/root-*.half
    step "Making the root file system (Debian $suite, about 2 minutes)" "$logs/root.log" debootstrap_into "$half"
    mv -T "$half" "$root"
    forget_trees 14
}

# By way of a tar archive, with all files the user's own, for root as for
# anybody: in the sandbox and in the machine they are root's again.
debootstrap_into() {
    local mode=unshare options sanitizers
    # Clang's come in a package that has the version in its name.
    # shellcheck disable=SC2016 # for the shell in the tree
    sanitizers='apt-get -q install -y "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev"'
    ((EUID != 0)) || mode=root
    mkdir -p "$1"
    mapfile -t options < <(apt_proxy_options | sed 's/^/--aptopt=/')
    # The Release file of a mirror that lags behind expires.
    TMPDIR=$big_tmp mmdebstrap --mode="$mode" --variant=apt --format=tar "${options[@]}" \
        --aptopt='Acquire::Check-Valid-Until "false"' \
        --aptopt='APT::Install-Recommends "false"' \
        --aptopt='APT::Sandbox::User "root"' \
        --dpkgopt=force-unsafe-io \
        --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        --customize-hook="chroot \"\$1\" sh -c '$sanitizers'" \
        --include="$(grep -v '^#' "$machine/packages" | xargs | tr ' ' ,)" \
        "$suite" - "$mirror" |
        tar -x -C "$1" --no-same-owner --no-same-permissions --exclude='./dev/*'
    # The sandbox can only put the host's in the place of files that exist.
    rm -f "$1/etc/resolv.conf" "$1/etc/hosts"
    : >"$1/etc/resolv.conf"
    : >"$1/etc/hosts"
    # Files that only root may read, whatever their mode says, become readable to the owner.
    chmod -R u+rwX "$1"
}

# optional_packages FILE: for ensure_root, those that stand there one a line, each if the mirror has it
optional_packages() { sed '/^#/d; /^$/d; s/$/?/' "$1" | paste -sd,; }

# A copy, not hard links: a package's scripts may change files where they lie.
ensure_extended_root() {
    local base=$root half packages=()
    mapfile -t packages < <(tr ',' '\n' <<<"$1" | sed '/^$/d' | sort -u)
    ((${#packages[@]})) || die "--with wants package names, separated by commas."
    for half in "${packages[@]}"; do
        [[ $half =~ ^[a-z0-9][a-z0-9+.-]+(/[a-z]+)?\??$ ]] || die "--with: $half is no Debian package's name."
    done
    root=$base+$(printf '%s\n' "${packages[@]}" | sha256sum | cut -c 1-12)
    half=$root.half
    keep_tree "$root"
    lock root
    if [[ ! -d $root ]]; then
        remove_tree "$cache"/root-*.half
        need_space "$cache" 3 XDG_CACHE_HOME
        step "Adding ${packages[*]} to the root file system" "$logs/with.log" extend_root "$base" "$half" "${packages[@]}"
        mv -T "$half" "$root"
        forget_trees 14
    fi
    unlock
}

extend_root() {
    local base=$1 half=$2
    shift 2
    cp -a --reflink=auto "$base" "$half"
    # Packages want to give files to others, which one lone id can't do: fakeroot nods, and mustn't
    # try, since it passes on that there is no such id here.
    bwrap --unshare-user --uid 0 --gid 0 --unshare-pid --die-with-parent \
        --bind "$half" / --dev /dev --proc /proc --tmpfs /tmp --tmpfs /run \
        --tmpfs /var/lib/apt/lists --tmpfs /var/cache/apt \
        "${network_args[@]}" --setenv DEBIAN_FRONTEND noninteractive --setenv FAKEROOTDONTTRYCHOWN 1 --chdir / \
        fakeroot bash -e -c "$(declare -f add_packages offer_suite); add_packages \"\$@\"" bash "$@"
}

# In the root: installs packages, those with a ? behind their names only if they can be had.
# NAME/SUITE is taken from another suite of the mirror.
add_packages() {
    local package packages=()
    # Otherwise all would be left out where the mirror can't be reached.
    apt-get -q update --error-on=any
    for package in $(printf '%s\n' "$@" | sed -n 's,.*/\([a-z]*\)?*$,\1,p' | sort -u); do
        offer_suite "$package" "$@"
    done
    # All at once first, since apt takes seconds for each question
    if apt-get -q -s install "${@%\?}" >/dev/null 2>&1; then
        packages=("${@%\?}")
    else
        for package; do
            if [[ $package != *\? ]] || apt-get -q -s install "${package%\?}" >/dev/null 2>&1; then
                packages+=("${package%\?}")
            else
                echo "Left out, since the mirror has no ${package%\?}"
            fi
        done
    fi
    apt-get -q install -y "${packages[@]}"
}

# offer_suite SUITE PACKAGE…: lets apt have those packages of that suite, and nothing else.
offer_suite() {
    local suite=$1 package source=/etc/apt/sources.list.d/$1.list
    shift
    sed -E "s/^(deb +[^ ]+) +[^ ]+/\1 $suite/" /etc/apt/sources.list >"$source"
    printf 'Package: *\nPin: release n=%s\nPin-Priority: -1\n' "$suite" >"/etc/apt/preferences.d/$suite"
    for package; do
        [[ $package != */"$suite"* ]] ||
            printf '\nPackage: %s\nPin: release n=%s\nPin-Priority: 500\n' "${package%%/*}" "$suite" >>"/etc/apt/preferences.d/$suite"
    done
    apt-get -q update --error-on=any || {
        echo "The mirror has no suite $suite."
        rm "$source" && apt-get -q update --error-on=any
    }
}
