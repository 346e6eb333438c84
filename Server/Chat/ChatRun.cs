// One admitted chat request: the prompt, the merged streams of its choices, and what the reply says of the weights that wrote it. The
// weights themselves are the engine's to hold, until the last token. Disposing the run breaks off what still runs.
using System.Collections.Immutable;
using Majlis.Inference;
using Majlis.Text.Tokenizers;

namespace Majlis.Server.Chat;

/// <summary>A generation under way. One request is answered by one snapshot of the weights, from its first token to its last.</summary>
sealed class ChatRun(string id, long created, ModelLease lease, int[] prompt, ImmutableArray<GenerationRequest> choices) : IDisposable
{
    readonly CancellationTokenSource over = new();
    ModelLease? lease = lease;

    public string Id => id;
    public long Created => created;
    public string Version { get; } = lease.Model.Version;
    public string WeightsHash { get; } = lease.Model.WeightsHash;
    public TextTokenizer Tokenizer { get; } = lease.Model.Tokenizer;
    public int[] Prompt => prompt;
    public ImmutableArray<GenerationRequest> Choices => choices;

    /// <summary>
    /// Queues every choice at once; their pieces come in the order they are made, each with its choice's index. Once only: the run's own
    /// lease ends here, and each choice's with its last token, however slowly the reply is read.
    /// </summary>
    /// <exception cref="EngineBusyException">Not all of them found a place; none is generated then.</exception>
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
