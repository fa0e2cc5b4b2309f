"""`archcalc completion SHELL`: the script that makes a shell complete archcalc's command lines."""

from __future__ import annotations

from typing import Annotated

import typer

from archcalc.errors import UsageError, near

BASH = r"""_archcalc() {
    local line=${COMP_LINE:0:COMP_POINT} breaks=${COMP_WORDBREAKS//[^=:]/} head= current word about
    local -a words
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    while [[ -n $1 && ${#words[@]} -gt 1 && ${words[0]} != "$1" ]]; do words=("${words[@]:1}"); done
    current=${words[${#words[@]} - 1]}
    # bash completes what stands behind the last = or : of a word
    [[ -n $breaks && $current == *["$breaks"]* ]] && head=${current%"${current##*["$breaks"]}"}
    COMPREPLY=()
    while IFS=$'\t' read -r word about; do
        if [[ $word == :files ]]; then
            compopt -o filenames 2>/dev/null
            while IFS= read -r word; do COMPREPLY+=("$word"); done < <(
                compgen -f -X "${about:+!*$about}" -- "${current#"$head"}"
                [[ -n $about ]] && compgen -d -- "${current#"$head"}"
            )
        else
            COMPREPLY+=("${word#"$head"}")
        fi
    done < <("${words[0]}" complete "${words[@]:1}" 2>/dev/null)
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=/] ]] && compopt -o nospace 2>/dev/null
    return 0
}
complete -F _archcalc archcalc
"""

ZSH = r"""#compdef archcalc
_archcalc() {
    local -a closed open
    local word about files=0 suffix
    while IFS=$'\t' read -r word about; do
        case $word in
            (:files) files=1 suffix=$about ;;
            (*[=/]) open+=("${word//:/\\:}${about:+:$about}") ;;
            (*) closed+=("${word//:/\\:}${about:+:$about}") ;;
        esac
    done < <("${(Q)words[1]}" complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)
    (( $#closed )) && _describe archcalc closed
    (( $#open )) && _describe archcalc open -S ''
    (( files )) && _files ${suffix:+-g "*$suffix"}
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _archcalc "$@"
else
    compdef _archcalc archcalc
fi
"""

FISH = r"""function __archcalc_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in (command $words[1] complete $words[2..-1] "$current" 2>/dev/null)
        set -l parts (string split -m 1 \t -- $line)
        if test "$parts[1]" != :files
            echo -- $line
        else
            set -l suffix (string escape --style=regex -- "$parts[2]")
            __fish_complete_path "$current" | string match -r -- "^[^\t]*(?:/|$suffix)(?:\t.*)?\$"
        end
    end
end
complete -c archcalc -f -k -a '(__archcalc_complete)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def command(
    shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish", help="The shell.", show_default=False)],
) -> int:
    """The script that makes a shell complete commands, options, specs, parameters, layers.

    \b
    bash, in ~/.bashrc:
      eval "$(archcalc completion bash)"
    \b
    zsh, in ~/.zshrc behind compinit:
      eval "$(archcalc completion zsh)"
    \b
    fish, once:
      archcalc completion fish > ~/.config/fish/completions/archcalc.fish
    """
    if shell not in SCRIPTS:
        raise UsageError(f"there is no completion for {shell}", near(shell, SCRIPTS) or "for bash, zsh and fish")
    print(SCRIPTS[shell], end="")
    return 0
