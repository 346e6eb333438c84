// `swap-under-load [MODEL]`: what sixteen streaming clients see of twenty swaps. The benchmark fails if a stream ends early, names two
// versions, or waits for its next piece longer than the usual 99th percentile and one decode step more, or if memory grows. Linux only.
using System.Diagnostics;
using System.Globalization;

namespace Majlis.benchmarks;

static class SwapUnderLoadBenchmark
{
    const int Swaps = 20;
    const int Clients = 16;
    const double AllowedMemory = 1.15;

    static readonly TimeSpan warmUp = TimeSpan.FromSeconds(10);
    static readonly TimeSpan usual = TimeSpan.FromSeconds(20);
    static readonly TimeSpan between = TimeSpan.FromSeconds(1);

    /// <param name="models">One, or none for SmolLM2 from the shared folder.</param>
    public static async Task<int> RunAsync(string[] models)
    {
        var model = SwappedServer.Model(models);
        await using var server = await SwappedServer.StartAsync(model);
        using var over = new CancellationTokenSource();
        var load = new SwapLoad(server.Http);
        var clients = Enumerable.Range(0, Clients).Select(client => load.RunAsync(client, over.Token)).ToArray();
        await Task.Delay(warmUp);
        load.TakeGaps(); // of a server that has just started
        await Task.Delay(usual);
        var (quiet, before) = (load.TakeGaps(), server.PrivateBytes);
        var start = Stopwatch.GetTimestamp();
        for (var swap = 1; swap <= Swaps; swap++)
        {
            await server.SwapAsync(swap);
            await Task.Delay(between);
            Console.Error.WriteLine($"swap {swap}");
        }
        var (swapped, swapping) = (load.TakeGaps(), Stopwatch.GetElapsedTime(start));
        await over.CancelAsync();
        await Task.WhenAll(clients);
        await Task.Delay(between);
        return Tell(model, load, (quiet, usual), (swapped, swapping), (before, server.PrivateBytes));
    }

    static int Tell(string model, SwapLoad load, (double[] Gaps, TimeSpan Time) quiet, (double[] Gaps, TimeSpan Time) swapped,
        (long Before, long After) memory)
    {
        var limit = At(quiet.Gaps, 0.99) + At(quiet.Gaps, 0.5);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{{\"benchmark\": \"swap-under-load\", \"model\": \"{Path.GetFileName(model)}\", \"swaps\": {Swaps}, " +
            $"\"clients\": {Clients}, \"streams\": {load.Streams}, \"errors\": {load.Errors}, \"mixed\": {load.Mixed}, " +
            $"\"step_ms\": {At(quiet.Gaps, 0.5):0.0}, \"p99_ms\": {At(quiet.Gaps, 0.99):0.0}, " +
            $"\"p99_swapping_ms\": {At(swapped.Gaps, 0.99):0.0}, \"limit_ms\": {limit:0.0}, " +
            $"\"above_limit_a_second\": {Above(limit, quiet):0.0}, \"above_limit_a_second_swapping\": {Above(limit, swapped):0.0}, " +
            $"\"worst_gap_before_ms\": {quiet.Gaps[^1]:0.0}, \"worst_gap_ms\": {swapped.Gaps[^1]:0.0}, " +
            $"\"private_mb_before\": {memory.Before / 1e6:0}, \"private_mb_after\": {memory.After / 1e6:0}}}"));
        return load.Errors == 0 && load.Mixed == 0 && swapped.Gaps[^1] <= limit
            && memory.After <= AllowedMemory * memory.Before ? 0 : 1;
    }

    static double Above(double limit, (double[] Gaps, TimeSpan Time) measured) =>
        measured.Gaps.Count(gap => gap > limit) / measured.Time.TotalSeconds;

    static double At(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];
}
