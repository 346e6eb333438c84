// Guesses in the injected time of a machine whose steps cost so much for each row: where they do not pay they end by themselves, and they
// come back once they pay, because rows have become cheaper or because the text repeats itself.
using Majlis.Inference;
using Majlis.tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class GuessPayTests
{
    const int Phase = 1000;
    const int Phases = 3;

    // What is learned of a phase in its first tokens.
    const int Learned = 300;

    /// <summary>Half of the guesses are right. Where a row costs nearly a whole step, that is too few.</summary>
    [Fact]
    public async Task They_end_where_rows_are_dear_and_come_back_where_rows_are_cheap()
    {
        var times = await TimesAsync("ab", fixedCost: 0.1, phase => phase == 1 ? 0.01 : 1, repeats: _ => false);
        Assert.InRange(times[0], 0, 1.04);
        Assert.InRange(times[1], 0, 0.8);
        Assert.InRange(times[2], 0, 1.04);
    }

    /// <summary>A guess costs a third of a token. One of ten is right where letters come at random, all where one letter repeats.</summary>
    [Fact]
    public async Task They_end_where_they_are_wrong_and_come_back_where_they_are_right()
    {
        var times = await TimesAsync("abcdefghij", fixedCost: 1, _ => 0.5, repeats: phase => phase == 1);
        Assert.InRange(times[0], 0, 1.04);
        Assert.InRange(times[1], 0, 0.6);
        Assert.InRange(times[2], 0, 1.04);
    }

    /// <summary>The time of each phase of one long answer with guesses, of the same without.</summary>
    /// <param name="rowCost">Of a phase, in milliseconds; <paramref name="fixedCost"/> is a step's besides.</param>
    static async Task<double[]> TimesAsync(string letters, double fixedCost, Func<int, double> rowCost, Func<int, bool> repeats)
    {
        var time = new FakeTimeProvider();
        var network = new ScriptedNetwork(Tiny.Blueprint([null]));
        var options = new EngineOptions { LooksUp = true, CacheBytes = 1 << 14 };
        using var live = new LiveModel();
        live.Swap(Tiny.Model(network, maxContext: Phase * Phases + 8, options: options));
        var (taken, tokens, phase) = (new double[Phases], new int[Phases], 0);
        var (before, cost) = (0, 0.0);
        network.Before = batch =>
        {
            var written = batch.Positions[0];
            if (before % Phase >= Learned) (taken[phase], tokens[phase]) = (taken[phase] + cost, tokens[phase] + written - before);
            (before, phase) = (written, Math.Min(Phases - 1, written / Phase));
            cost = fixedCost + rowCost(phase) * batch.Tokens.Length;
            time.Advance(TimeSpan.FromMilliseconds(cost));
        };
        network.Spoil = logits =>
        {
            if (repeats(phase)) logits[letters[0]] = 100;
        };
        await using var engine = new Engine(live, options, time);
        var sampling = SamplingOptions.Greedy with { AllowedTokenIds = [.. letters.Select(letter => (int)letter)], IgnoreEos = true };
        using var lease = live.Lease()!;
        var answer = await EngineWorld.ReadAsync(engine.GenerateAsync(lease, new([letters[0]], sampling, Phase * Phases),
            TestContext.Current.CancellationToken));
        Assert.Equal(Phase * Phases, answer.Tokens.Length);
        return [.. Enumerable.Range(0, Phases).Select(one => taken[one] / tokens[one] / (fixedCost + rowCost(one)))];
    }
}
