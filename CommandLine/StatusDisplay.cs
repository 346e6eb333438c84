// Shows lines for people and, below them, progress: one changing line on a terminal, plain lines elsewhere. Knows no work.
using Spectre.Console;

namespace Majlis.CommandLine;

public sealed class StatusDisplay : IProgress<string>
{
    readonly TextWriter plain;
    readonly IAnsiConsole? terminal;
    readonly StatusContext? status;

    StatusDisplay(TextWriter plain, IAnsiConsole? terminal, StatusContext? status) =>
        (this.plain, this.terminal, this.status) = (plain, terminal, status);

    /// <summary>
    /// Runs <paramref name="work"/> with a display on <paramref name="output"/>, which is standard output or error. The work has a thread
    /// of its own: training never yields, and whoever called must be free to end the process at SIGTERM or Ctrl+C.
    /// </summary>
    public static Task<T> RunAsync<T>(TextWriter output, Func<StatusDisplay, Task<T>> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        return Task.Run(() => console.Profile.Out.IsTerminal && console.Profile.Capabilities.Interactive
            ? console.Status().StartAsync("…", status => work(new StatusDisplay(output, console, status)))
            : work(new StatusDisplay(output, null, null)));
    }

    /// <summary>A line that stays.</summary>
    public void Say(string line)
    {
        if (terminal is null) plain.WriteLine(line);
        else terminal.WriteLine(line);
    }

    /// <summary>Shows the work's progress.</summary>
    public void Report(string value)
    {
        if (status is null) plain.WriteLine(value);
        else status.Status = Markup.Escape(value);
    }
}
