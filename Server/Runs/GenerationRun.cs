// One admitted request that generates: its prompts, the merged streams of its choices, and what the reply says of the weights. The engine
// holds the weights until the last token. Disposing the run cancels what still runs.
using System.Collections.Immutable;
using Majlis.Inference;
using Majlis.Server.Models;
using Majlis.Text.Tokenizers;

namespace Majlis.Server.Runs;

/// <summary>A generation in progress. One snapshot of the weights answers the whole request.</summary>
/// <param name="model">The name by which the client asked for the model.</param>
/// <param name="choices">Equally many for each prompt, prompt after prompt.</param>
abstract class GenerationRun(string id, long created, string model, ModelLease lease, ImmutableArray<int[]> prompts,
    ImmutableArray<GenerationRequest> choices) : IDisposable
{
    readonly CancellationTokenSource over = new();
    ModelLease? lease = lease;

    public string Id => id;
    public long Created => created;
    public string Model => model;
    public string Version { get; } = lease.Version;
    public string WeightsHash { get; } = lease.WeightsHash;

    /// <summary>What replies call the weights with the adapter that was asked for (`v0003:legal`); null without one.</summary>
    public string? Adapter { get; } =
        ModelNames.Means(lease.Version, lease.Model, out var adapter) && adapter is not null ? lease.Version : null;

    public TextTokenizer Tokenizer { get; } = lease.Model.Tokenizer;
    public ImmutableArray<int[]> Prompts { get; } = prompts;
    public ImmutableArray<GenerationRequest> Choices => choices;

    /// <summary>What is done, by OpenTelemetry's names of operations.</summary>
    public abstract string Operation { get; }

    /// <summary>The tokens of all prompts; several choices share their prompt.</summary>
    public int PromptTokens { get; } = prompts.Sum(prompt => prompt.Length);

    /// <summary>The index of a choice's prompt.</summary>
    public int PromptOf(int choice) => choice / (choices.Length / Prompts.Length);

    /// <summary>
    /// Queues every choice at once. Pieces come in the order in which they are generated, each with its choice's index. Call it once: it
    /// ends the run's own lease, and each choice's lease ends with its last token, however slowly the reply is read.
    /// </summary>
    /// <exception cref="EngineBusyException">The queue has no room for all of them; then none is generated.</exception>
    public IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> PiecesAsync(Engine engine, CancellationToken cancellation)
    {
        cancellation.Register(over.Cancel);
        using var held = Interlocked.Exchange(ref lease, null) ?? throw new InvalidOperationException("A run is generated once.");
        return Interleave.Streams([.. choices.Select(choice => engine.GenerateAsync(held, choice, over.Token))], over.Token);
    }

    public void Dispose()
    {
        over.Cancel();
        Interlocked.Exchange(ref lease, null)?.Dispose();
    }
}
