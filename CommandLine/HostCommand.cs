// Parses, checks and runs a host's command line: reports every error at once, with suggestions for misspelt options. Knows no option.
using System.CommandLine;
using System.CommandLine.Invocation;

namespace Majlis.CommandLine;

/// <param name="root">The host's command; its action runs the host.</param>
/// <param name="problems">Errors in its options as a whole: lines that begin with the option's name and a colon.</param>
public sealed class HostCommand(RootCommand root, Func<OptionValues, IEnumerable<string>> problems)
{
    /// <summary>The exit code for wrong options.</summary>
    public const int WrongOptions = 2;

    // A value that begins with @ is a value, not a file of arguments.
    static readonly ParserConfiguration configuration = new() { ResponseFileTokenReplacer = null };

    /// <summary>All errors in the arguments; none where the host can run.</summary>
    public IReadOnlyList<string> Errors(IReadOnlyList<string> arguments)
    {
        var parsed = Parse(arguments);
        return [.. parsed.Errors.Select(error => error.Message), .. Problems(parsed)];
    }

    /// <summary>Runs what the arguments ask for and gives the exit code.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var parsed = Parse(arguments);
        var wrong = Problems(parsed);
        if (parsed.Action is ParseErrorAction refusal) refusal.ShowHelp = false;
        var exit = parsed.Errors.Count > 0 || wrong.Length == 0 ? await parsed.InvokeAsync(Invocation(parsed)) : WrongOptions;
        foreach (var line in wrong) await Console.Error.WriteLineAsync(line);
        return parsed.Errors.Count > 0 ? WrongOptions : exit;
    }

    // The host explains its own failures, and ends by itself at SIGTERM or Ctrl+C: the library would end the process two seconds later,
    // with requests still running. Commands beside the host leave both signals to the library, which cancels them.
    InvocationConfiguration Invocation(ParseResult parsed)
    {
        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
        if (parsed.CommandResult.Command == root) invocation.ProcessTerminationTimeout = null;
        return invocation;
    }

    // A word that is no option may be a misplaced password, so no message repeats it, unless it is a misspelt command.
    ParseResult Parse(IReadOnlyList<string> arguments)
    {
        var parsed = root.Parse(arguments, configuration);
        var stray = parsed.UnmatchedTokens.Where(token => !token.StartsWith("--", StringComparison.Ordinal)).ToHashSet();
        if (arguments.Count > 0 && root.Subcommands.Any(command => IsMisspelt(arguments[0], command.Name))) stray.Remove(arguments[0]);
        return stray.Count == 0 ? parsed
            : root.Parse([.. arguments.Select(argument => stray.Contains(argument) ? "(a word)" : argument)], configuration);
    }

    // Two letters more, fewer or other, at most (Levenshtein), of a name that is longer than that.
    static bool IsMisspelt(string word, string name)
    {
        if (Math.Abs(word.Length - name.Length) > 2) return false;
        var row = Enumerable.Range(0, name.Length + 1).ToArray();
        for (var i = 1; i <= word.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j <= name.Length; j++)
                (corner, row[j]) = (row[j], Math.Min(corner + (word[i - 1] == name[j - 1] ? 0 : 1), Math.Min(row[j], row[j - 1]) + 1));
        }
        return row[^1] <= Math.Min(2, name.Length / 2);
    }

    string[] Problems(ParseResult parsed)
    {
        if (parsed.CommandResult.Command != root || parsed.Errors.Count == 0 && parsed.Action != root.Action) return [];
        var values = new OptionValues(parsed);
        // An option that could not be read has no value to check.
        return [.. problems(values).Where(line => !values.IsUnread(line.Split(':')[0]))];
    }
}
