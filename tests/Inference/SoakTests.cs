// Ten thousand short requests, as a busy week would mix them: greedy and sampled, with stop strings, log-probabilities, grammars, schemas
// and calls of tools, and clients that go away in the middle. Whoever stays gets a whole answer; nothing stays behind.
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;
using Majlis.tests.Support;
using Majlis.Text.Chat.ToolCalls;
using Xunit;

namespace Majlis.tests.Inference;

/// <summary>What the process keeps is counted, so no other test may run beside this one.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class CountedMemory;

[Collection(typeof(CountedMemory))]
public sealed class SoakTests
{
    const int Requests = 10_000;
    const int AtOnce = 40;
    const string SchemaField = "schema";

    static readonly ToolFormat[] formats =
        [.. new[] { "cohere", "hermes", "pythonic", "qwen3_coder", "gemma4" }.Select(name => ToolFormats.Named(name)!)];

    static readonly CallTool[] tools = [Tool("f", "string"), Tool("g", "boolean")];

    // The second is so small that grammars are forgotten and compiled anew all the time.
    readonly GrammarCache callsAs = new(), grammars = new(mostBytes: 1 << 18);
    int called, valid;

    [Fact]
    public async Task Nothing_stays_behind_ten_thousand_requests_of_which_a_third_is_cancelled()
    {
        await using var world = new EngineWorld(new() { CacheBytes = 1 << 14 }, null, 16);
        await RunAsync(world, 0, Requests / 5);
        var early = await AtRestAsync(world);
        await RunAsync(world, Requests / 5, Requests);
        var late = await AtRestAsync(world);
        Assert.True(late < early + (4 << 20), $"{early} bytes are kept after a fifth of the requests, {late} after all");
        Assert.True(called > Requests / 50 && valid > Requests / 50, $"{called} answers called tools, {valid} were whole values");
    }

    Task RunAsync(EngineWorld world, int from, int to)
    {
        var next = from - 1;
        return Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            for (int number; (number = Interlocked.Increment(ref next)) < to;) await AskAsync(world, new Random(number));
        }));
    }

    async Task AskAsync(EngineWorld world, Random random)
    {
        var request = Request(random);
        using var gone = new CancellationTokenSource();
        var leavesAfter = random.Next(3) == 0 ? random.Next(6) : int.MaxValue;
        var (text, finish) = (new StringBuilder(), (FinishReason?)null);
        try
        {
            var pieces = 0;
            if (leavesAfter == 0) await gone.CancelAsync();
            await foreach (var piece in world.StartCancellable(request, gone.Token))
            {
                text.Append(piece.Text);
                finish = piece.Finish;
                if (++pieces == leavesAfter) await gone.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            Assert.True(leavesAfter < int.MaxValue, "only who goes away is cancelled");
            return;
        }
        Assert.NotNull(finish);
        if (finish == FinishReason.ToolCalls) Interlocked.Increment(ref called);
        if (finish != FinishReason.Stop || request.GrammarField != SchemaField) return;
        using var value = JsonDocument.Parse(text.ToString());
        Interlocked.Increment(ref valid);
    }

    GenerationRequest Request(Random random)
    {
        var prompt = new string((char)('a' + random.Next(4)), random.Next(1, 60)) + random.Next(50);
        var request = random.Next(2) == 0 ? EngineWorld.Greedy(prompt, random.Next(1, 24))
            : EngineWorld.Random(prompt, random.Next(), random.Next(1, 24));
        return random.Next(7) switch
        {
            0 => request with { Stop = ["e", "xy"] },
            1 => request with { TopLogProbs = 3, PromptLogProbs = 1 },
            2 => request with { Grammar = grammars.Get(new ChoiceSource(["yes", "no", "perhaps"])) },
            3 => request with { Grammar = grammars.Get(new RegexSource($"[a-z]{{1,{random.Next(1, 7)}}}( [a-z]{{1,6}}){{0,3}}")) },
            4 => request with { Grammar = grammars.Get(Schema(random)), GrammarField = SchemaField, MaxTokens = 60 },
            5 => Calling(request, formats[random.Next(formats.Length)], onlyOne: random.Next(2) == 0),
            _ => request with { Priority = random.Next(3), Client = $"client {random.Next(5)}" },
        };
    }

    static SchemaSource Schema(Random random) => new($$$"""
        {"type": "object", "properties": {"a": {"type": "string", "maxLength": {{{random.Next(1, 8)}}}},
         "b": {"enum": [1, {"x": null}, "y"]}, "c": {"type": "array", "items": {"type": "boolean"}, "maxItems": {{{random.Next(1, 4)}}}}},
         "required": ["a"], "additionalProperties": false}
        """, JsonLayout.Compact);

    GenerationRequest Calling(GenerationRequest request, ToolFormat format, bool onlyOne) => request with
    {
        Grammar = callsAs.Get(new CallsSource(format.Only(tools, onlyOne))),
        Tools = new(format, [.. tools], onlyOne),
        MaxTokens = 120,
    };

    static CallTool Tool(string name, string type) => new(name, JsonNode.Parse($$$"""
        {"type": "object", "properties": {"a": {"type": "{{{type}}}", "maxLength": 4}}, "required": ["a"], "additionalProperties": false}
        """)!.AsObject(), Strict: true);

    // What is kept once the engine rests: the cache's bookkeeping, the latest grammars.
    static async Task<long> AtRestAsync(EngineWorld world)
    {
        await Eventually.HoldsAsync("every block is free", () => world.Engine.Progress is { Running: 0, Waiting: 0, CacheUsage: 0 });
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
