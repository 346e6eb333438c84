// One run of the trainer's program for a job: a child process that ends with this one, whose metrics are read while it writes them.
// Killed, it goes on from its last checkpoint when it is run again. Knows no job's status.
using System.Diagnostics;
using System.Text.Json.Nodes;
using Majlis.Server.Access;
using Majlis.Server.Training;

namespace Majlis.Server.FineTuning;

/// <param name="Code">Of the process; above 128 a signal ended it.</param>
/// <param name="Complaint">The last line that it wrote about what is wrong; null where it wrote none.</param>
sealed record TrainerEnd(int Code, string? Complaint)
{
    public bool IsKilled => Code > 128;
}

sealed class TrainerRun(JobFolder folder, string method, TimeProvider time)
{
    static readonly TimeSpan look = TimeSpan.FromSeconds(0.5);

    int seen;

    /// <summary>Runs it to its end.</summary>
    /// <param name="program">The trainer's.</param>
    /// <param name="after">The last step that is known already.</param>
    /// <param name="stepped">Gets the metrics of every later step once.</param>
    /// <param name="stop">Kills it.</param>
    public async Task<TrainerEnd> RunAsync(string program, int after, Action<int, JsonObject> stepped, CancellationToken stop)
    {
        seen = after;
        using var child = Process.Start(Start(program))!;
        using var end = stop.Register(child.Kill);
        string? complaint = null;
        var read = Task.WhenAll(LinesAsync(child.StandardOutput, _ => { }), LinesAsync(child.StandardError, line => complaint = line),
            child.WaitForExitAsync(CancellationToken.None));
        while (!read.IsCompleted)
        {
            await Task.WhenAny(read, Task.Delay(look, time, CancellationToken.None));
            Tell(stepped);
        }
        await read;
        Tell(stepped);
        return new(child.ExitCode, complaint);
    }

    void Tell(Action<int, JsonObject> stepped)
    {
        foreach (var (step, values) in folder.Steps().Where(step => step.Step > seen))
        {
            stepped(step, values);
            seen = step;
        }
    }

    ProcessStartInfo Start(string program)
    {
        var start = new ProcessStartInfo(program,
            [method == StoredJob.Dpo ? "dpo" : "sft", folder.Recipe, folder.Run, "--beside-server"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A key is the server's alone.
        start.Environment.Remove(AdminKey.Variable);
        if (TrainerProgram.RuntimeRoot() is { } root) start.Environment["DOTNET_ROOT"] = root;
        return start;
    }

    static async Task LinesAsync(StreamReader output, Action<string> say)
    {
        while (await output.ReadLineAsync() is { } line)
            if (line.Length > 0) say(line);
    }
}
