// One admitted chat request: the leased weights, the prompt and the merged streams of its choices. Disposing it breaks off what
// still runs and gives the weights back.
using System.Collections.Immutable;
using Majlis.Inference;

namespace Majlis.Server.Chat;

/// <summary>A generation under way. One request is answered by one snapshot of the weights, from its first token to its last.</summary>
sealed class ChatRun(string id, long created, ModelLease lease, int[] prompt, ImmutableArray<GenerationRequest> choices) : IDisposable
{
    readonly CancellationTokenSource over = new();

    public string Id => id;
    public long Created => created;
    public LoadedModel Model => lease.Model;
    public int[] Prompt => prompt;
    public ImmutableArray<GenerationRequest> Choices => choices;

    /// <summary>Queues every choice at once; their pieces come in the order they are made, each with its choice's index.</summary>
    /// <exception cref="EngineBusyException">Not all of them found a place; none is generated then.</exception>
    public IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> PiecesAsync(Engine engine, CancellationToken cancellation)
    {
        cancellation.Register(over.Cancel);
        return Interleave.Streams([.. choices.Select(choice => engine.GenerateAsync(lease, choice, over.Token))], over.Token);
    }

    public void Dispose()
    {
        over.Cancel();
        lease.Dispose();
    }
}
