# Completion of tarmac-inspect for bash.

_tarmac_inspect() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} i
    local known='top buffers clients refusals feedback matrix --help --version'
    case $before in
    --html | --inspect-socket)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    --pid)
        mapfile -t COMPREPLY < <(compgen -W "$(ps -eo pid= 2>/dev/null)" -- "$word")
        return
        ;;
    --interval | --seconds) return ;;
    esac
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        matrix) known='--json --html --seconds --help' ;;
        top) known='--interval --json --inspect-socket --help' ;;
        refusals) known='--follow --json --pid --inspect-socket --help' ;;
        buffers | clients | feedback) known='--json --pid --inspect-socket --help' ;;
        esac
    done
    mapfile -t COMPREPLY < <(compgen -W "$known" -- "$word")
}

complete -o filenames -F _tarmac_inspect tarmac-inspect
