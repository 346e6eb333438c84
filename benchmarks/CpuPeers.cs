// Other engines beside the cpu backend. MAJLIS_PEER_LLAMA holds commands, separated by semicolons, each with NAME= in front if there are
// several; they take arguments and answer as DecodeBenchmark says.
using System.Text.Json;

namespace Majlis.benchmarks;

static class CpuPeers
{
    public static (string Name, string Command)[] Named() =>
        [.. (Environment.GetEnvironmentVariable(DecodeBenchmark.PeerVariable) ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(one => one.Split('=', 2) is [var name, var command] ? (name, command) : ("peer", one))];

    /// <summary>One run of each kind; null where the command fails.</summary>
    public static CpuNumbers? Run(string command, string model)
    {
        if (Ask(command, model, CpuNumbers.Prompt, CpuNumbers.Generate, 1) is not { } alone) return null;
        var shorter = Ask(command, model, CpuNumbers.ShortPrompt, CpuNumbers.Generate, 1);
        var together = Ask(command, model, CpuNumbers.ShortPrompt, CpuNumbers.Generate, CpuNumbers.Clients);
        var longer = Ask(command, model, CpuNumbers.LongPrompt, 1, 1);
        return new(Number(alone, "pp", CpuNumbers.Prompt), Number(shorter, "tg", CpuNumbers.Generate),
            Number(alone, "tg", CpuNumbers.Generate),
            Number(together, "tg", CpuNumbers.Generate), CpuNumbers.LongPrompt / Number(longer, "pp", CpuNumbers.LongPrompt));
    }

    static JsonElement? Ask(string command, string model, int prompt, int generate, int clients) =>
        DecodeBenchmark.Ask(command, model, prompt, generate, clients);

    static double Number(JsonElement? line, string name, int tokens) =>
        line?.GetProperty(FormattableString.Invariant($"{name}{tokens}")).GetDouble() ?? double.NaN;
}
