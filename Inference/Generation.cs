// One request inside the engine: its sequence, its text on the way out, its lease and the channel to whoever waits for it.
// Knows nothing of scheduling or networks.
using System.Collections.Immutable;
using System.Threading.Channels;
using Majlis.Model;
using Majlis.Text.Tokenizers;

namespace Majlis.Inference;

sealed class Generation
{
    readonly ulong seed;
    readonly int[] ends;
    readonly int longest;
    readonly TokenStream tokens;
    readonly TextStream text;
    readonly ModelLease lease;
    // Tokens whose text a stop string may still take back, with where it begins; and how much text was made and how much given.
    readonly Queue<(GeneratedToken Token, long Start)> withheld = [];
    long written, given;
    readonly int most;
    // Written by the engine's thread, read by the reader's.
    int unread;
    volatile bool stalled;
    readonly Channel<GeneratedPiece> pieces =
        Channel.CreateUnbounded<GeneratedPiece>(new() { SingleReader = true, SingleWriter = true });

    Generation(long number, ModelLease lease, GenerationRequest request, EngineOptions options)
    {
        (Request, this.lease, most) = (request, lease, options.ReplyBuffer);
        var rotation = Model.Network.Blueprint.RotationOf(request.PromptTokens.Length);
        Sequence = new(number, request.PromptTokens, BlockKey.Root(Model.WeightsHash, adapter: null, request.CacheSalt, rotation,
            request.Deterministic ?? false),
            request.Priority);
        seed = request.Sampling.Seed is { } chosen ? (ulong)chosen : SeededRandom.Mix(options.Seed, (ulong)number);
        var vocabulary = Model.Network.Blueprint.VocabularySize;
        ends = request.Sampling.IgnoreEos ? [] : [.. Model.Defaults.EosTokens.Where(id => UnknownTokens.Has(id, vocabulary))];
        longest = (int)Math.Min((long)request.PromptTokens.Length + request.MaxTokens, Model.MaxContext);
        tokens = Model.Tokenizer.Stream(request.SkipSpecialTokens);
        text = new(request.Stop, request.IncludeStop);
    }

    /// <summary>A generation with a lease of its own.</summary>
    public static Generation Begin(long number, ModelLease lease, GenerationRequest request, EngineOptions options)
    {
        var own = lease.Share();
        try
        {
            return new(number, own, request, options);
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    public GenerationRequest Request { get; }

    public Sequence Sequence { get; }

    public LoadedModel Model => lease.Model;

    public ChannelReader<GeneratedPiece> Pieces => pieces.Reader;

    /// <summary>Set by the engine's thread alone.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Set by the engine's thread alone; the reader then wakes it.</summary>
    public bool IsStalled
    {
        get => stalled;
        set
        {
            stalled = value;
            // Who sets it looks at the buffer afterwards, who reads looks at it after having read: one of the two sees the other.
            Interlocked.MemoryBarrier();
        }
    }

    /// <summary>The reader is so far behind that no more is made for it.</summary>
    public bool IsFull => Volatile.Read(ref unread) >= most;

    /// <summary>A stalled one goes on when half of it is read, not at every single piece.</summary>
    public bool HasRoom => Volatile.Read(ref unread) <= most / 2;

    public ReadOnlySpan<int> Ends => ends;

    /// <summary>The chance of the next token: a function of the seed and its place, of nothing else.</summary>
    public double Uniform => SeededRandom.Uniform(seed, Sequence.Output.Length);

    /// <summary>A device can draw this one's tokens by itself.</summary>
    public bool IsPlain => Request.TopLogProbs == 0 && Request.Sampling.IsPlain;

    public SamplingPlan Plan(int row) => new(row, Request.Sampling.IsGreedy ? 0 : Request.Sampling.Temperature,
        Math.Max(0, Request.Sampling.TopK), Request.Sampling.TopP, Request.Sampling.MinP, Uniform);

    /// <summary>Takes in the next token and sends it on; true when it was the last.</summary>
    public bool Accept(SampledToken token, ImmutableArray<TopLogProb> top)
    {
        Sequence.Append(token.Id);
        var mayEnd = Sequence.Output.Length >= Request.Sampling.MinTokens;
        var stopped = mayEnd && (ends.AsSpan().Contains(token.Id) || Request.Sampling.StopTokenIds.Contains(token.Id));
        var finished = stopped || Sequence.Length >= longest;
        // A token that stops the sequence says nothing itself; before min_tokens no stop string is looked for.
        var piece = stopped ? "" : tokens.Push(token.Id);
        if (finished) piece += tokens.Flush();
        var shown = mayEnd ? text.Push(piece) : piece;
        if (finished) shown += text.Flush();
        var made = new GeneratedToken(token.Id, token.LogProbability, top);
        if (!stopped) withheld.Enqueue((made, written));
        written += piece.Length;
        given += shown.Length;
        FinishReason? finish = stopped || text.Stop is not null ? FinishReason.Stop : finished ? FinishReason.Length : null;
        Interlocked.Increment(ref unread);
        pieces.Writer.TryWrite(new([made], shown, finish) { Shown = Released(), CachedPromptTokens = Sequence.CachedPrompt ?? 0 });
        return finish is not null;
    }

    /// <summary>The tokens that are no longer withheld: all where no text is, else those whose text has begun to be given.</summary>
    ImmutableArray<GeneratedToken> Released()
    {
        var released = ImmutableArray.CreateBuilder<GeneratedToken>();
        while (withheld.TryPeek(out var next) && (given == written || next.Start < given)) released.Add(withheld.Dequeue().Token);
        return released.DrainToImmutable();
    }

    /// <summary>The reader has taken a piece; true when the engine waits for that.</summary>
    public bool Taken()
    {
        Interlocked.Decrement(ref unread);
        return stalled;
    }

    /// <summary>Gives the weights back, whatever the reader does, and ends the stream, with an error or without. Once only.</summary>
    public void End(Exception? error = null)
    {
        if (HasEnded) return;
        HasEnded = true;
        lease.Dispose();
        pieces.Writer.TryComplete(error);
    }
}
