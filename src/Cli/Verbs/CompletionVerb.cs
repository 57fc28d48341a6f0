using System.CommandLine;

namespace Sluice.Cli.Verbs;

/// <summary>sluice completion SHELL: a script that asks this program what may come next.</summary>
internal static class CompletionVerb
{
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            # sluice completion bash >> ~/.bashrc
            _sluice() {
                local IFS=$'\n'
                COMPREPLY=($(compgen -W "$(sluice "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -F _sluice sluice
            """,
        ["zsh"] = """
            # sluice completion zsh >> ~/.zshrc
            _sluice() {
                local -a words
                words=("${(@f)$(sluice "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
                compadd -- "${words[@]}"
            }
            compdef _sluice sluice
            """,
        ["fish"] = """
            # sluice completion fish > ~/.config/fish/completions/sluice.fish
            complete -f -c sluice -a "(set -l line (commandline -cp); sluice '[suggest:'(string length -- \$line)']' \$line 2>/dev/null)"
            """,
        ["pwsh"] = """
            # sluice completion pwsh >> $PROFILE
            Register-ArgumentCompleter -Native -CommandName sluice -ScriptBlock {
                param($word, $ast, $position)
                sluice "[suggest:$position]" "$ast" | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }
            """,
    };

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var verb = new Command("completion", "Prints a script that completes verbs, options and markets in a shell.") { shell };
        Examples.Of(verb, "completion bash >> ~/.bashrc", "completion zsh >> ~/.zshrc", "completion fish > ~/.config/fish/completions/sluice.fish");
        verb.SetAction(parsed =>
        {
            Console.WriteLine(Scripts[parsed.GetValue(shell)!]);
            return ExitCodes.Done;
        });
        return verb;
    }
}
