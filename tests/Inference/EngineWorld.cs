// An engine over scripted networks, and the naive loop that each of its answers must equal: one sequence, no cache, no batch.
using Majlis.Inference;
using Majlis.Inference.Grammars;
using Majlis.tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Inference;

sealed class EngineWorld : IAsyncDisposable
{
    public EngineWorld(EngineOptions? options = null, params ReadOnlySpan<int?> windows) : this(TimeProvider.System, options, windows) { }

    EngineWorld(TimeProvider time, EngineOptions? options, params ReadOnlySpan<int?> windows)
    {
        Network = new(Tiny.Blueprint(windows.IsEmpty ? [null] : windows));
        Live = new();
        options ??= new EngineOptions { CacheBytes = 4096 };
        Live.Swap(Tiny.Model(Network, options: options));
        Engine = new(Live, options with { Seed = 5 }, time);
    }

    /// <summary>Steps take no time in it, so that guesses cost nothing.</summary>
    public static EngineWorld AtRest(EngineOptions? options = null, params ReadOnlySpan<int?> windows) =>
        new(new FakeTimeProvider(), options, windows);

    public ScriptedNetwork Network { get; }

    public LiveModel Live { get; }

    public Engine Engine { get; }

    public static GenerationRequest Greedy(string prompt, int maxTokens = 20) =>
        new(Tiny.Tokenizer.Encode(prompt, false), SamplingOptions.Greedy, maxTokens);

    public static GenerationRequest Random(string prompt, long seed, int maxTokens = 20) =>
        new(Tiny.Tokenizer.Encode(prompt, false), new() { Seed = seed, Temperature = 0.9f, TopP = 0.95f }, maxTokens);

    public IAsyncEnumerable<GeneratedPiece> Start(GenerationRequest request) =>
        StartCancellable(request, TestContext.Current.CancellationToken);

    public IAsyncEnumerable<GeneratedPiece> StartCancellable(GenerationRequest request, CancellationToken cancellation)
    {
        using var lease = Live.Lease()!;
        return Engine.GenerateAsync(lease, request, cancellation);
    }

    public async Task<Answer> AnswerAsync(GenerationRequest request) => await ReadAsync(Start(request));

    /// <summary>The answers to requests of which none begins before all are in the queue.</summary>
    public async Task<Answer[]> AnswerTogetherAsync(IEnumerable<GenerationRequest> requests)
    {
        using var gate = new ManualResetEventSlim();
        Network.Before = _ => gate.Wait(TestContext.Current.CancellationToken);
        var pieces = requests.Select(Start).ToList();
        gate.Set();
        var answers = await Task.WhenAll(pieces.Select(ReadAsync));
        Network.Before = null;
        return answers;
    }

    public static async Task<Answer> ReadAsync(IAsyncEnumerable<GeneratedPiece> pieces)
    {
        var answer = new Answer([], "", null);
        await foreach (var piece in pieces)
            answer = new([.. answer.Tokens, .. piece.Tokens.Select(token => token.Id)], answer.Text + piece.Text, piece.Finish);
        return answer;
    }

    /// <summary>The naive loop.</summary>
    public static Answer Expected(ScriptedNetwork network, GenerationRequest request, int adapter = -1)
    {
        var sampler = new Sampler(Tiny.Vocabulary);
        var constraint = request.Grammar is { } grammar ? new TokenConstraint(grammar, new(Tiny.Tokenizer, Tiny.Vocabulary)) : null;
        List<int> output = [];
        while (output.Count < request.MaxTokens && !output.Contains(Tiny.End))
        {
            var uniform = SeededRandom.Uniform((ulong)(request.Sampling.Seed ?? 0), output.Count);
            var logits = network.Logits([.. request.PromptTokens, .. output], adapter);
            output.Add(sampler.Sample(logits, request.Sampling, request.PromptTokens, output.ToArray(), [Tiny.End], uniform,
                constraint?.Mask).Id);
            if (output[^1] != Tiny.End) constraint?.Advance(output[^1]);
        }
        var text = Tiny.Tokenizer.Decode(output.ToArray(), skipSpecialTokens: true);
        return new([.. output], text, output[^1] == Tiny.End ? FinishReason.Stop : FinishReason.Length);
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Live.Dispose();
    }
}

/// <summary>A whole answer.</summary>
sealed record Answer(int[] Tokens, string Text, FinishReason? Finish)
{
    public bool Equals(Answer? other) =>
        other is not null && Tokens.SequenceEqual(other.Tokens) && Text == other.Text && Finish == other.Finish;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
