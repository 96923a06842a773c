# shellcheck shell=bash
# Builds of this checkout, in the build root, below .build/.

builds=$checkout/.build

# build NAME [TARGET…]: brings .build/NAME up to date: gcc, as users build it, which is also installed
# in .build/prefix, asan, with clang and its sanitizers, wlroots-0.19, on that in few minutes, or bench, as gcc.
# With targets, only those are built, and nothing is installed.
build() {
    local name=$1 dir=$builds/$1 log=$builds/log/$1.log configured patient=() made_from=${root##*/root-} options
    shift
    [[ -f $checkout/meson.build ]] || die "there is no meson.build in $checkout: nothing to build."
    mkdir -p "$builds/log"
    cache=$builds lock "$name"
    # Made from another root file system, in another place, with other options, or only half configured
    options=$(declare -f configure | sha256sum | cut -c 1-12)
    configured=$(cat "$dir/.configured-in" 2>/dev/null) || true
    if [[ $configured != "$made_from $options $checkout" ]]; then
        # What is compiled names no place, and Ninja knows what of it is still good.
        if [[ ${configured%% *} == "$made_from" ]]; then
            rm -rf "$dir"/{build.ninja,meson-info,meson-private,.installed}
        else
            rm -rf "$dir"
        fi
        [[ $name != gcc ]] || rm -rf "$builds/prefix"
        step "Configuring the build $name" "$log" configure "$name"
        printf '%s' "$made_from $options $checkout" >"$dir/.configured-in"
    fi
    # Tests that run beside it mustn't wait for it.
    [[ ! ${TARMAC_TALLY:-} ]] || patient=(chrt --idle 0)
    step "Building ($name)" "$log" in_root "${patient[@]}" ninja -C "$dir" "$@"
    # Whoever built it
    if [[ $name == gcc && $# == 0 && ! $dir/.installed -nt $dir/.ninja_log ]]; then
        step "Installing the build" "$builds/log/install.log" in_root meson install -C "$dir" --no-rebuild --quiet
        : >"$dir/.installed"
    fi
    unlock
}

configure() {
    local compiler=(CC=gcc CXX=g++) options=(--buildtype=debugoptimized -Dauto_features=enabled)
    if [[ $1 == asan ]]; then
        compiler=(CC=clang CXX=clang++)
        # Lines are all that reports name, and other debug information takes long to make.
        options=(--buildtype=plain -Dauto_features=enabled -Doptimization=1
            -Dcpp_args=-gline-tables-only '-Db_sanitize=address,undefined' -Db_lundef=false -Dfuzz=true)
    elif [[ $1 == wlroots-* ]]; then
        compiler=(CC=clang CXX=clang++)
        options=(--buildtype=plain -Dauto_features=enabled -Doptimization=0 -Dman=disabled "-Dwlroots=${1#*-}")
    fi
    in_root env "${compiler[@]}" meson setup "$builds/$1" "$checkout" "${options[@]}" \
        --prefix "$builds/prefix" --libdir lib --werror -Dwrap_mode=nodownload
}
