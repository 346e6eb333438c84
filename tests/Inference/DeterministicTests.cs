// A deterministic request gets the same tokens and log-probabilities, bit for bit: alone, beside others of both kinds, from a cached prefix
// and after preemption; in bf16, where rounding otherwise depends on the batch.
using Majlis.Cpu;
using Majlis.Inference;
using Majlis.Model;
using Majlis.tests.Support;
using Majlis.Torch;
using Xunit;
using static Majlis.tests.Torch.PagedEqualsPlainTests;

namespace Majlis.tests.Inference;

public sealed class DeterministicTests
{
    [Theory]
    [InlineData("torch", false, 400)]
    [InlineData("torch", true, 400)]
    [InlineData("torch", true, 14)]
    [InlineData("cpu", false, 400)]
    [InlineData("cpu", true, 400)]
    public async Task A_seed_gives_the_same_text_in_any_company(string backend, bool byTheEngine, int blocks)
    {
        var blueprint = Tiny("llama");
        using var weights = Majlis.tests.Torch.TinyModel.Weights(blueprint, 7);
        var network = new HeldNetwork(backend == "cpu" ? new CpuNetwork(blueprint, weights)
            : new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.BFloat16 }));
        using var live = new LiveModel();
        var bytes = blocks * network.BytesPerBlock(0);
        var options = new EngineOptions { CacheBytes = bytes, MaxBatchTokens = 40, Deterministic = byTheEngine };
        live.Swap(Support.Tiny.Model(network, maxContext: 100, options: options));
        await using var engine = new Engine(live, options, TimeProvider.System);
        bool? asked = byTheEngine ? null : true;
        var alone = await AnswerAsync(engine, live, prompt: 3, seed: 42, asked);
        for (var round = 0; round < 3; round++)
        {
            network.Hold();
            var others = Enumerable.Range(0, 5)
                .Select(i => AnswerAsync(engine, live, 10 + 7 * i + round, i, i % 2 == 0 ? false : asked)).ToArray();
            var again = AnswerAsync(engine, live, 3, 42, asked);
            network.LetGo();
            Assert.Equal(alone, await again);
            await Task.WhenAll(others);
        }
        Assert.Equal(blocks < 100, engine.Progress.Preemptions > 0);
    }

    [Fact]
    public async Task Ordinary_requests_and_those_in_fixed_shapes_share_no_prefix()
    {
        await using var world = new EngineWorld(new() { CacheBytes = 4096 });
        List<bool> asked = [];
        world.Network.Before = batch => asked.Add(batch.IsDeterministic);
        var request = EngineWorld.Greedy(new string('x', 40), maxTokens: 1);
        await world.AnswerAsync(request);
        await world.AnswerAsync(request with { Deterministic = true });
        Assert.Equal([false, true], asked);
        Assert.Equal(80, world.Network.ComputedTokens);
    }

    static async Task<string> AnswerAsync(Engine engine, LiveModel live, int prompt, long seed, bool? isDeterministic)
    {
        using var lease = live.Lease()!;
        var request = new GenerationRequest(Draw(new Random(prompt), 96, 20 + prompt), new() { Seed = seed, IgnoreEos = true }, 30)
        {
            Deterministic = isDeterministic,
        };
        var told = "";
        await foreach (var piece in engine.GenerateAsync(lease, request, TestContext.Current.CancellationToken))
            foreach (var token in piece.Tokens) told += $"{token.Id}:{BitConverter.SingleToInt32Bits(token.LogProbability):x} ";
        return told;
    }
}
