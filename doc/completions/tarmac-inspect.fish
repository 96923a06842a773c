# Completion of tarmac-inspect for fish.

set -l subcommands matrix

complete -c tarmac-inspect -f
complete -c tarmac-inspect -s h -l help -d 'Say how it is used'
complete -c tarmac-inspect -n "not __fish_seen_subcommand_from $subcommands" -l version -d 'Say the version'
complete -c tarmac-inspect -n "not __fish_seen_subcommand_from $subcommands" -a matrix -d 'What becomes of each format and modifier on this machine'

complete -c tarmac-inspect -n '__fish_seen_subcommand_from matrix' -l json -d 'Write JSON instead of text'
complete -c tarmac-inspect -n '__fish_seen_subcommand_from matrix' -l html -r -F -d 'Write a page to this file, too'
complete -c tarmac-inspect -n '__fish_seen_subcommand_from matrix' -l seconds -x -d 'How long it may take'
