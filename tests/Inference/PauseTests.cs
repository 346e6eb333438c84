// While a long prompt is read, a running answer goes on: steps are cut to the longest pause allowed.
using Majlis.Inference;
using Majlis.tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class PauseTests
{
    const double Token = 1e-3, PerPair = 1e-4, Usual = 20e-3;

    /// <summary>On this machine a step takes a fixed time, plus a time per prompt token that grows with the tokens before it.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(35)]
    [InlineData(150)]
    public async Task An_answer_waits_no_longer_than_stated_while_a_prompt_is_read(int? longest)
    {
        var time = new FakeTimeProvider();
        List<(double Seconds, int Prompt, bool Writes)> steps = [];
        using var submitted = new ManualResetEventSlim();
        using var network = new ScriptedNetwork(Tiny.Blueprint([null]));
        network.Before = batch =>
        {
            var read = batch.Spans.Where(span => span.Count > 1).ToArray();
            var seconds = Usual + read.Sum(span => span.Count * (Token + PerPair * (span.Cached + span.Count / 2.0)));
            steps.Add((seconds, read.Sum(span => span.Count), batch.Spans.Any(span => span.Count == 1)));
            // The answer stands still until the prompt is there, so that all of it is read beside it.
            if (steps.Count(step => step.Writes) == 5) submitted.Wait(TestContext.Current.CancellationToken);
            time.Advance(TimeSpan.FromSeconds(seconds));
        };
        using var live = new LiveModel();
        live.Swap(Tiny.Model(network, maxContext: 3000));
        await using var engine = new Engine(live,
            new() { CacheBytes = 1 << 16, LongestPause = longest is { } ms ? TimeSpan.FromMilliseconds(ms) : null }, time);
        using var lease = live.Lease()!;
        // The cost of reading is learned before any answer runs.
        await EngineWorld.ReadAsync(engine.GenerateAsync(lease, Request(600, 1), TestContext.Current.CancellationToken));
        var writing = engine.GenerateAsync(lease, Request(3, 900), TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await writing.MoveNextAsync();
        var reading = EngineWorld.ReadAsync(engine.GenerateAsync(lease, Request(1500, 1), TestContext.Current.CancellationToken));
        submitted.Set();
        while (await writing.MoveNextAsync()) { }
        await reading;
        var beside = steps.Where(step => step.Writes && step.Prompt > 0).ToArray();
        Assert.True(beside.Length > 3);
        var limit = longest is null ? 4 * Usual : longest.Value / 1000.0;
        // Four tokens are read whatever they cost.
        Assert.All(beside, step => Assert.True(step.Seconds <= limit || step.Prompt <= 4, $"{step} of {limit}"));
        Assert.InRange(steps.Sum(step => step.Prompt), 600 + 1500, 600 + 3 + 1500);
    }

    /// <summary>Two versions read at once during a swap; the answer waits for a step of each.</summary>
    [Fact]
    public async Task During_a_swap_both_versions_together_keep_to_the_pause()
    {
        var time = new FakeTimeProvider();
        var (sinceAnswer, longest, both) = (0.0, 0.0, 0);
        using var submitted = new ManualResetEventSlim(true);
        using ScriptedNetwork old = new(Tiny.Blueprint([null])), next = new(Tiny.Blueprint([null]));
        foreach (var network in new[] { old, next })
            network.Before = batch =>
            {
                submitted.Wait(TestContext.Current.CancellationToken);
                var prompt = batch.Spans.Where(span => span.Count > 1).Sum(span => span.Count);
                var seconds = (network == old ? Usual : 0) + prompt * Token / 4;
                time.Advance(TimeSpan.FromSeconds(seconds));
                if (network == next && prompt > 4) both++;
                sinceAnswer += seconds;
                if (network != old) return;
                (longest, sinceAnswer) = (Math.Max(longest, sinceAnswer), 0);
            };
        using var live = new LiveModel();
        live.Swap(Tiny.Model(old, maxContext: 3000));
        await using var engine = new Engine(live, new() { CacheBytes = 1 << 16 }, time);
        using var before = live.Lease()!;
        await EngineWorld.ReadAsync(engine.GenerateAsync(before, Request(600, 1), TestContext.Current.CancellationToken));
        var writing = engine.GenerateAsync(before, Request(3, 900), TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++) await writing.MoveNextAsync();
        // The answer stands still until both prompts are there, so that all of them are read beside it.
        submitted.Reset();
        longest = 0;
        live.Swap(Tiny.Model(next, "v2", maxContext: 3000));
        using var after = live.Lease()!;
        var reading = Task.WhenAll(new[] { before, after }.Select(lease =>
            EngineWorld.ReadAsync(engine.GenerateAsync(lease, Request(1500, 1), TestContext.Current.CancellationToken))));
        submitted.Set();
        while (await writing.MoveNextAsync()) { }
        await reading;
        Assert.True(both > 3);
        Assert.InRange(longest, 1.5 * Usual, 4 * Usual);
    }

    /// <summary>Sixty tokens are dear here: beside a long prompt a step would read four.</summary>
    [Fact]
    public void Where_all_prompts_are_short_they_are_read_at_once()
    {
        var scheduler = new Scheduler(new(4, new BlockPool(1000, null)), 9, 512, new(Tiny.Blueprint([null])));
        Sequence[] all = [.. Enumerable.Range(0, 8).Select(number =>
            new Sequence(number, [.. Enumerable.Range(number * 100, 8)], BlockKey.Root("v", null, null)))];
        foreach (var sequence in all) scheduler.Add(sequence);
        Assert.Equal(all, scheduler.Schedule(promptCost: 0));
        scheduler.Complete();
        foreach (var sequence in all) scheduler.Remove(sequence);
        scheduler.Add(new(8, [.. Enumerable.Range(0, 300)], BlockKey.Root("v", null, null)));
        scheduler.Add(new(9, [1, 2, 3], BlockKey.Root("v", null, null)));
        Assert.InRange(scheduler.Schedule(promptCost: 0).Sum(sequence => sequence.Scheduled), 1, 4);
    }

    /// <summary>Its last 64 tokens took a step as long as all that had been saved before.</summary>
    [Fact]
    public void The_end_of_a_long_prompt_is_no_short_prompt()
    {
        var scheduler = new Scheduler(new(4, new BlockPool(1000, null)), 9, 512, new(Tiny.Blueprint([null])));
        scheduler.Add(new(1, [.. Enumerable.Range(0, 200)], BlockKey.Root("v", null, null)));
        List<int> read = [];
        while (read.Sum() < 200)
        {
            read.Add(scheduler.Schedule(promptCost: 0).Sum(sequence => sequence.Scheduled));
            scheduler.Complete();
        }
        Assert.All(read, count => Assert.InRange(count, 1, 4));
    }

    [Fact]
    public void Where_nobody_waits_a_prompt_takes_whole_steps()
    {
        var (pace, rounds) = (new StepPace(), new RoundPace(null));
        pace.Took(TimeSpan.FromSeconds(9), promptCost: 10, writing: 0);
        Assert.Equal(double.PositiveInfinity, Allowed(0));
        Assert.True(Allowed(1) < 0, "until it is known what a step takes, answers have steps of their own");
        pace.Took(TimeSpan.FromSeconds(1), promptCost: 0, writing: 1);
        Assert.InRange(Allowed(1), 1, 3 / 0.9);

        double Allowed(int writing)
        {
            rounds.Begin([(pace, writing)]);
            return rounds.Allowed(pace);
        }
    }

    [Fact]
    public void The_usual_step_is_that_of_as_many_answers()
    {
        var pace = new StepPace();
        pace.Took(TimeSpan.FromMilliseconds(5), promptCost: 0, writing: 1);
        Assert.Null(pace.Usual(3));
        pace.Took(TimeSpan.FromMilliseconds(20), promptCost: 0, writing: 16);
        pace.Took(TimeSpan.FromMilliseconds(40), promptCost: 0, writing: 32);
        Assert.Equal([0.005, 0.020, 0.030, 0.040, 0.040], new[] { 1, 10, 24, 32, 60 }.Select(writing => pace.Usual(writing)!.Value),
            (one, other) => Math.Abs(one - other) < 1e-9);
        // With prompts a step takes longer than without: what was slow before no longer is.
        for (var i = 0; i < 20; i++) pace.Took(TimeSpan.FromMilliseconds(30), promptCost: 1, writing: 32);
        Assert.InRange(pace.Usual(32)!.Value, 0.030, 0.031);
    }

    [Fact]
    public void One_step_that_was_held_up_says_little_of_the_next()
    {
        var pace = new StepPace();
        pace.Took(TimeSpan.FromSeconds(1), promptCost: 1, writing: 0);
        pace.Took(TimeSpan.FromSeconds(20), promptCost: 1, writing: 0);
        Assert.InRange(pace.Price!.Value, 1, 1.5);
    }

    [Fact]
    public void After_many_steps_that_read_prompts_one_shows_what_answers_take()
    {
        var pace = new StepPace();
        pace.Took(TimeSpan.FromSeconds(1), promptCost: 0, writing: 1);
        for (var i = 0; i < 32; i++)
        {
            Assert.Equal(1, pace.Usual(1));
            pace.Took(TimeSpan.FromSeconds(3), promptCost: 1, writing: 1);
        }
        Assert.Null(pace.Usual(1));
        pace.Took(TimeSpan.FromSeconds(2), promptCost: 0, writing: 1);
        Assert.InRange(pace.Usual(1)!.Value, 1.05, 2);
    }

    [Fact]
    public void Prompt_tokens_cost_more_the_more_they_see_up_to_a_window()
    {
        PrefillCost full = new(Tiny.Blueprint([null])), windowed = new(Tiny.Blueprint(100));
        Assert.True(full.Of(16, 2000) > 2 * full.Of(16, 500));
        Assert.Equal(windowed.Of(16, 500), windowed.Of(16, 2000));
        var cost = full.Of(64, 1000);
        Assert.Equal(64, full.Tokens(cost, 1000, 512));
        Assert.Equal(48, full.Tokens(cost * 0.99, 1000, 512));
        Assert.Equal(0, full.Tokens(-1, 1000, 512));
        Assert.Equal(5, full.Tokens(cost, 1000, 5));
    }

    static GenerationRequest Request(int prompt, int tokens) =>
        new([.. Enumerable.Range(0, prompt).Select(i => (i * 31 + prompt) % 256)],
            SamplingOptions.Greedy with { IgnoreEos = true }, tokens);
}
