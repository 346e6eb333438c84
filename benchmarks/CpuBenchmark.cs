// `cpu MODEL...`: the cpu backend beside the torch backend and the peers that MAJLIS_PEER_LLAMA names (CpuPeers.cs). All take turns, each
// measurement in a process of its own; medians. MAJLIS_CPU_ENGINES names what of ours is measured, as Auto,BFloat16,torch; Auto and torch
// without it.
using System.Globalization;
using Majlis.Cpu.Weights;

namespace Majlis.benchmarks;

static class CpuBenchmark
{
    const int Rounds = 5;

    public static int Run(string[] models)
    {
        var named = Environment.GetEnvironmentVariable("MAJLIS_CPU_ENGINES");
        var engines = named is { Length: > 0 } ? named.Split(',') : [nameof(WeightPrecision.Auto), CpuRun.Torch];
        var peers = CpuPeers.Named();
        foreach (var model in models)
        {
            var found = engines.Concat(peers.Select(peer => peer.Name)).ToDictionary(name => name, _ => new List<CpuNumbers>());
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var engine in engines) found[engine].Add(CpuRun.Start(engine, model));
                foreach (var peer in peers)
                    if (CpuPeers.Run(peer.Command, model) is { } numbers) found[peer.Name].Add(numbers);
            }
            var medians = found.Where(pair => pair.Value.Count > 0).ToDictionary(pair => pair.Key, pair => CpuNumbers.Median(pair.Value));
            foreach (var (name, numbers) in medians) Write(model, name, numbers, found[name].Count, medians);
        }
        return 0;
    }

    static void Write(string model, string engine, CpuNumbers numbers, int runs, Dictionary<string, CpuNumbers> all)
    {
        var what = $"\"model\": \"{Path.GetFileName(model)}\", \"engine\": \"{engine}\", \"runs\": {runs}";
        List<string> fields = [$"{{\"benchmark\": \"cpu\", {what}"];
        fields.AddRange(numbers.Fields().Where(field => !double.IsNaN(field.Value)).Select(field => Field(field.Name, field.Value)));
        if (!double.IsNaN(numbers.Bandwidth)) fields.Add(Field("decode_of_read", numbers.Decode * numbers.Weights / numbers.Bandwidth));
        foreach (var (other, theirs) in all)
            if (other != engine)
                fields.Add($"\"to {other}\": {{{string.Join(", ", Ratios(numbers, theirs))}}}");
        Console.WriteLine(string.Join(", ", fields) + "}");
    }

    // How many times as fast.
    static IEnumerable<string> Ratios(CpuNumbers ours, CpuNumbers theirs) =>
    [
        Field("prefill", ours.Prefill / theirs.Prefill), Field("decode", ours.Decode / theirs.Decode),
        Field("after", ours.After / theirs.After), Field("together", ours.Together / theirs.Together),
        Field("long", theirs.Long / ours.Long),
    ];

    static string Field(string name, double value) =>
        $"\"{name}\": {(double.IsFinite(value) ? value.ToString("0.00", CultureInfo.InvariantCulture) : "null")}";
}
