# Completion of tarmac-inspect for fish.

set -l looks buffers clients refusals feedback
set -l subcommands top $looks matrix

complete -c tarmac-inspect -f
complete -c tarmac-inspect -s h -l help -d 'Say how it is used'
complete -c tarmac-inspect -n "not __fish_seen_subcommand_from $subcommands" -l version -d 'Say the version'
complete -c tarmac-inspect -n "not __fish_seen_subcommand_from $subcommands" -a top -d 'Clients and their buffers, again and again'
complete -c tarmac-inspect -n "not __fish_seen_subcommand_from $subcommands" -a buffers -d 'Clients\' buffers, and the way that each is shown'
complete -c tarmac-inspect -n "not __fish_seen_subcommand_from $subcommands" -a clients -d 'What each client holds'
complete -c tarmac-inspect -n "not __fish_seen_subcommand_from $subcommands" -a refusals -d 'What was refused, and why'
complete -c tarmac-inspect -n "not __fish_seen_subcommand_from $subcommands" -a feedback -d 'What clients were told to allocate'
complete -c tarmac-inspect -n "not __fish_seen_subcommand_from $subcommands" -a matrix -d 'What becomes of each format and modifier on this machine'

complete -c tarmac-inspect -n '__fish_seen_subcommand_from matrix' -l json -d 'Write JSON instead of text'
complete -c tarmac-inspect -n '__fish_seen_subcommand_from matrix' -l html -r -F -d 'Write a page to this file, too'
complete -c tarmac-inspect -n '__fish_seen_subcommand_from matrix' -l seconds -x -d 'How long it may take'

complete -c tarmac-inspect -n "__fish_seen_subcommand_from top $looks" -l json -d 'Write JSON instead of text'
complete -c tarmac-inspect -n "__fish_seen_subcommand_from top $looks" -l inspect-socket -r -F -d 'Where the compositor lets itself be looked at'
complete -c tarmac-inspect -n "__fish_seen_subcommand_from $looks" -l pid -x -a '(__fish_complete_pids)' -d 'Only what clients of this process have'
complete -c tarmac-inspect -n '__fish_seen_subcommand_from refusals' -l follow -d 'Go on with those that come'
complete -c tarmac-inspect -n '__fish_seen_subcommand_from top' -l interval -x -d 'Seconds from one look to the next'
