// The engine when requests are cancelled, the queue is full, the network fails or hangs, the server stops, or the model is swapped.
using System.Collections.Immutable;
using Majlis.Inference;
using Majlis.tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class EngineTests
{
    static readonly GenerationRequest endless = EngineWorld.Greedy("endless", 200) with
    {
        Sampling = SamplingOptions.Greedy with { IgnoreEos = true },
    };

    [Fact]
    public async Task A_cancelled_request_frees_its_sequence_within_one_step()
    {
        await using var world = new EngineWorld();
        using var steps = new StepGate(world.Network);
        using var cancellation = new CancellationTokenSource();
        var reader = EngineWorld.ReadAsync(world.StartCancellable(endless, cancellation.Token));
        steps.Let(3);
        await steps.WaitingAsync();
        await cancellation.CancelAsync();
        steps.Let(1);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader);
        steps.Open();
        await EventuallyAsync(() => world.Engine.Progress is { Running: 0, Waiting: 0, CacheUsage: 0 });
        Assert.Equal(4, world.Network.Forwards);
    }

    [Fact]
    public async Task A_reader_that_leaves_frees_its_sequence()
    {
        await using var world = new EngineWorld();
        using var steps = new StepGate(world.Network);
        steps.Let(2);
        await foreach (var _ in world.Start(endless)) break;
        steps.Open();
        await EventuallyAsync(() => world.Engine.Progress is { Running: 0, CacheUsage: 0 });
        Assert.InRange(world.Network.Forwards, 1, 3);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_has_room_again_later()
    {
        await using var world = new EngineWorld(new() { MaxSequences = 1, QueueLimit = 1, MaxBatchTokens = 64, CacheBytes = 4096 });
        using var steps = new StepGate(world.Network);
        var (first, second) = (world.AnswerAsync(EngineWorld.Greedy("1")), world.AnswerAsync(EngineWorld.Greedy("2")));
        Assert.Throws<EngineBusyException>(() => world.Start(EngineWorld.Greedy("3")));
        steps.Open();
        await Task.WhenAll(first, second);
        Assert.Equal(20, (await world.AnswerAsync(EngineWorld.Greedy("3"))).Tokens.Length);
    }

    [Fact]
    public async Task A_failing_pass_fails_its_sequences_and_the_engine_goes_on()
    {
        await using var world = new EngineWorld();
        world.Network.Before = _ => throw new InvalidOperationException("the device is on fire");
        var failed = await Assert.ThrowsAsync<GenerationFailedException>(() => world.AnswerAsync(EngineWorld.Greedy("fails")));
        Assert.Contains("on fire", failed.Message, StringComparison.Ordinal);
        world.Network.Before = null;
        var request = EngineWorld.Greedy("fails");
        Assert.Equal(EngineWorld.Expected(world.Network, request), await world.AnswerAsync(request));
        Assert.Equal(0, world.Engine.Progress.CacheUsage);
    }

    [Fact]
    public async Task A_row_without_a_distribution_fails_alone()
    {
        await using var world = new EngineWorld();
        var good = EngineWorld.Greedy("good");
        var bad = good with { Sampling = new() { AllowedTokenIds = [5], BadWords = [[5]] } };
        var answers = (world.AnswerAsync(good), world.AnswerAsync(bad));
        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => answers.Item2);
        Assert.Equal("allowed_token_ids", refused.Problem.Field);
        Assert.Equal(EngineWorld.Expected(world.Network, good), await answers.Item1);
        world.Network.Spoil = logits => logits[3] = float.NaN;
        await Assert.ThrowsAsync<GenerationFailedException>(() => world.AnswerAsync(good));
    }

    [Fact]
    public async Task A_prompt_that_leaves_no_room_is_refused_and_a_long_answer_ends_with_the_context()
    {
        await using var world = new EngineWorld();
        var full = endless with { PromptTokens = [.. Enumerable.Repeat(7, 256)] };
        Assert.Throws<PromptTooLongException>(() => world.Start(full));
        var answer = await world.AnswerAsync(endless with { PromptTokens = [.. Enumerable.Repeat(7, 250)] });
        Assert.Equal((6, FinishReason.Length), (answer.Tokens.Length, answer.Finish));
    }

    [Theory]
    [InlineData("prompt")]
    [InlineData("max_tokens")]
    [InlineData("top_p")]
    [InlineData("stop")]
    [InlineData("logit_bias")]
    public async Task A_field_outside_its_range_is_refused_by_name(string field)
    {
        await using var world = new EngineWorld();
        var fine = EngineWorld.Greedy("fine");
        var request = field switch
        {
            "prompt" => fine with { PromptTokens = [999] },
            "max_tokens" => fine with { MaxTokens = -1 },
            "top_p" => fine with { Sampling = new() { TopP = float.NaN } },
            "stop" => fine with { Stop = [""] },
            _ => fine with { Sampling = new() { LogitBias = ImmutableDictionary<int, float>.Empty.Add(1, 101) } },
        };
        Assert.Equal(field, Assert.Throws<RequestRefusedException>(() => world.Start(request)).Problem.Field);
    }

    [Fact]
    public async Task A_stop_breaks_off_what_runs_and_lets_nothing_in()
    {
        await using var world = new EngineWorld();
        using var steps = new StepGate(world.Network);
        var running = world.AnswerAsync(endless);
        steps.Let(2);
        await steps.WaitingAsync();
        var stopped = world.Engine.StopAsync();
        Assert.Throws<EngineStoppedException>(() => world.Start(EngineWorld.Greedy("late")));
        steps.Let(1);
        await stopped;
        await Assert.ThrowsAsync<EngineStoppedException>(() => running);
    }

    [Fact]
    public async Task A_hanging_pass_is_noticed()
    {
        var time = new FakeTimeProvider();
        using var live = new LiveModel();
        var network = new ScriptedNetwork(Tiny.Blueprint([null]));
        live.Swap(Tiny.Model(network));
        await using var engine = new Engine(live, new() { CacheBytes = 4096 }, time);
        var limit = TimeSpan.FromMinutes(1);
        time.Advance(TimeSpan.FromHours(1));
        Assert.False(engine.Progress.IsStuck(time, limit));
        using var steps = new StepGate(network);
        using var lease = live.Lease()!;
        var request = EngineWorld.Greedy("hangs");
        var running = EngineWorld.ReadAsync(engine.GenerateAsync(lease, request, TestContext.Current.CancellationToken));
        await steps.WaitingAsync();
        Assert.False(engine.Progress.IsStuck(time, limit));
        time.Advance(2 * limit);
        Assert.True(engine.Progress.IsStuck(time, limit));
        steps.Open();
        await running;
        await EventuallyAsync(() => !engine.Progress.IsStuck(time, limit));
    }

    [Fact]
    public async Task A_hanging_pass_holds_up_no_end_and_keeps_its_network()
    {
        var time = new FakeTimeProvider();
        var live = new LiveModel();
        var network = new ScriptedNetwork(Tiny.Blueprint([null]));
        live.Swap(Tiny.Model(network));
        var engine = new Engine(live, new() { CacheBytes = 4096 }, time);
        using var steps = new StepGate(network);
        using (var lease = live.Lease()!)
            _ = engine.GenerateAsync(lease, EngineWorld.Greedy("hangs"), TestContext.Current.CancellationToken);
        await steps.WaitingAsync();
        var disposed = engine.DisposeAsync().AsTask();
        Assert.False(disposed.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(10));
        await disposed;
        live.Dispose();
        Assert.False(network.IsDisposed);
        steps.Open();
        await EventuallyAsync(() => network.IsDisposed);
    }

    [Fact]
    public async Task A_stop_string_ends_the_text_before_it_and_text_never_ends_inside_a_character()
    {
        await using var world = new EngineWorld();
        var whole = await world.AnswerAsync(endless);
        var stop = whole.Text.Substring(20, 3);
        var answer = await world.AnswerAsync(endless with { Stop = [stop] });
        Assert.Equal(FinishReason.Stop, answer.Finish);
        Assert.Equal(whole.Text[..whole.Text.IndexOf(stop, StringComparison.Ordinal)], answer.Text);
        await foreach (var piece in world.Start(endless)) Assert.False(piece.Text.Length > 0 && char.IsHighSurrogate(piece.Text[^1]));
    }

    [Fact]
    public async Task Random_departures_failures_and_swaps_leave_nothing_behind()
    {
        var random = new Random(7);
        var few = new EngineOptions { MaxSequences = 5, MaxBatchTokens = 20, CacheBytes = 70 * 4, QueueLimit = 500 };
        await using var world = new EngineWorld(few, null, 6);
        var passes = 0;
        world.Network.Before = _ => { if (++passes % 50 == 0) throw new InvalidOperationException("now and then"); };
        var stays = Enumerable.Range(0, 150).Select(_ => random.Next(3) == 0 ? random.Next(1, 8) : 100).ToList();
        var outcomes = await Task.WhenAll(stays.Select((leaveAfter, i) => OneAsync(i, leaveAfter)));
        Assert.Contains(true, outcomes);
        await EventuallyAsync(() => world.Engine.Progress is { Running: 0, Waiting: 0, CacheUsage: 0 });
        var last = EngineWorld.Greedy("afterwards");
        Assert.Equal(EngineWorld.Expected(Current(), last), await world.AnswerAsync(last));

        ScriptedNetwork Current() => (ScriptedNetwork)world.Live.Current!.Network;

        async Task<bool> OneAsync(int i, int leaveAfter)
        {
            if (i % 40 == 39) world.Live.Swap(Tiny.Model(new ScriptedNetwork(Tiny.Blueprint(null, 6), script: (ulong)i), $"v{i}"));
            using var lease = world.Live.Lease()!;
            var (network, request) = ((ScriptedNetwork)lease.Model.Network, EngineWorld.Random($"begin {i % 5}", seed: i, 25));
            List<int> tokens = [];
            try
            {
                await foreach (var piece in world.Engine.GenerateAsync(lease, request, TestContext.Current.CancellationToken))
                {
                    tokens.AddRange(piece.Tokens.Select(token => token.Id));
                    if (tokens.Count == leaveAfter) break;
                }
            }
            catch (GenerationFailedException) { return false; }
            Assert.Equal(EngineWorld.Expected(network, request).Tokens[..tokens.Count], tokens);
            return true;
        }
    }

    static Task EventuallyAsync(Func<bool> condition) => Eventually.HoldsAsync("the engine comes to rest", condition);
}
