# Completion of tarmac-inspect for bash.

_tarmac_inspect() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    case $before in
    --html)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    --seconds) return ;;
    esac
    local known='matrix --help --version'
    [[ " ${COMP_WORDS[*]:1:COMP_CWORD-1} " != *' matrix '* ]] || known='--json --html --seconds --help'
    mapfile -t COMPREPLY < <(compgen -W "$known" -- "$word")
}

complete -o filenames -F _tarmac_inspect tarmac-inspect
