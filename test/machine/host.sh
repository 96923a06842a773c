# shellcheck shell=bash
# What the host gives: programs, a mirror, name spaces.

# need_host PROGRAM:PACKAGE…: installs what is lacking, or says how to.
need_host() {
    local pair missing=()
    for pair; do
        command -v "${pair%:*}" >/dev/null || missing+=("${pair#*:}")
    done
    ((${#missing[@]})) || return 0
    if ! command -v apt-get >/dev/null; then
        die "this host lacks ${missing[*]} (so the packages are called in Debian), and has no apt-get to install them with: install them, then try again."
    elif ((EUID != 0)); then
        die "this host lacks ${missing[*]}. As root, run:  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
    fi
    step "Installing ${missing[*]} on this host" "$logs/host.log" install_on_host "${missing[@]}"
}

install_on_host() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update
    apt-get -q install -y --no-install-recommends "$@"
}

need_sandbox() {
    local trouble
    [[ $(uname -m) == x86_64 ]] || die "the test machine is made for x86_64 hosts; this one is $(uname -m)."
    need_host bwrap:bubblewrap flock:util-linux taskset:util-linux
    trouble=$(bwrap --unshare-user --uid 0 --gid 0 --unshare-pid --ro-bind / / --dev /dev --proc /proc true 2>&1) ||
        die "bubblewrap can't make a sandbox here: ${trouble:-no message}. It needs user name spaces: in a container, start that with more rights; on a host, see sysctl kernel.unprivileged_userns_clone, user.max_user_namespaces and kernel.apparmor_restrict_unprivileged_userns."
}

# find_mirror: sets mirror to the one that the host's own apt uses.
find_mirror() {
    local uri codename
    mirror=${TARMAC_MIRROR:-}
    [[ -z $mirror ]] || return 0
    # shellcheck source=/dev/null
    codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
    # shellcheck source=/dev/null
    if [[ $(. /etc/os-release && printf '%s' "${ID:-}") == debian ]]; then
        uri=$(apt-get --print-uris update 2>/dev/null | sed -n "s,^'\(.*\)/dists/${codename:-[^/]*}/InRelease'.*,\1,p" | head -n 1)
    fi
    # A cloud image's apt reads its mirrors from a file.
    [[ ${uri:-} != mirror+file:* ]] || uri=$(grep -m1 -oE '^[a-z]+://[^[:space:]]+' "${uri#mirror+file:}" || true)
    mirror=${uri:-}
    [[ $mirror ]] || die "this host's apt names no Debian mirror to make the root file system from: set TARMAC_MIRROR to the address of one (the directory that holds dists/ and pool/)."
}

# The host's proxy, as apt options for the root. Variables like http_proxy pass by themselves.
apt_proxy_options() {
    local scheme proxy
    for scheme in http https; do
        proxy=$(apt-config dump --format '%v' "Acquire::$scheme::Proxy" 2>/dev/null || true)
        [[ -z $proxy ]] || printf 'Acquire::%s::Proxy "%s";\n' "$scheme" "$proxy"
    done
}

need_space() {
    local free
    free=$(df --output=avail -k "$1" | tail -n 1)
    ((free >= $2 * 1024 * 1024)) || die "$1 has $((free / 1024)) MB free, and $2 GB are needed: free some space, or set $3 to a directory elsewhere."
}
