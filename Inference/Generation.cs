// One request inside the engine: its sequence, its lease and the channel to its reader. AnswerText makes text of its tokens. Knows nothing
// of scheduling or networks.
using System.Collections.Immutable;
using System.Threading.Channels;
using Majlis.Inference.Grammars;
using Majlis.Inference.Speculation;
using Majlis.Model;

namespace Majlis.Inference;

sealed class Generation
{
    const int MostAhead = 32;

    readonly ulong seed;
    readonly int[] ends;
    readonly int longest;
    readonly AnswerText text;
    readonly Thinking? thinking;
    readonly AnswerGrammar? grammar;
    readonly PromptScores? scores;
    readonly PooledStates? pooled;
    readonly ModelLease lease;
    readonly int most;
    readonly long submitted;
    long? started;
    // Incremented by the engine's thread, decremented by the reader's.
    int unread;
    volatile bool stalled;
    readonly Channel<GeneratedPiece> pieces =
        Channel.CreateUnbounded<GeneratedPiece>(new() { SingleReader = true, SingleWriter = true });

    Generation(long number, ModelLease lease, GenerationRequest request, EngineOptions options, long now)
    {
        (Request, this.lease, most, submitted) = (request, lease, options.ReplyBuffer, now);
        Sequence = new(number, request.PromptTokens, Root(request.PromptTokens.Length), request.Priority, request.Client)
        {
            IsReadWhole = request.Pools && lease.Model.Pooling == Pooling.Mean,
        };
        seed = request.Sampling.Seed is { } chosen ? (ulong)chosen : SeededRandom.Mix(options.Seed, (ulong)number);
        var vocabulary = Model.Network.Blueprint.VocabularySize;
        ends = request.Sampling.IgnoreEos ? [] : [.. Model.Defaults.EosTokens.Where(id => UnknownTokens.Has(id, vocabulary))];
        longest = (int)Math.Min((long)request.PromptTokens.Length + request.MaxTokens, Model.MaxContext);
        text = new(Model, request);
        thinking = text.Thoughts is { } thoughts
            ? new(thoughts, request.Reasoning!.Format, Model.Tokenizer, request.ThinkingBudget) : null;
        grammar = request.Grammar is { } wanted ? new(wanted, Model, thinking, request.Tools?.Format.Marks ?? []) : null;
        Guesser = new(Sequence, thinking, grammar, options.LooksUp);
        pooled = request.Pools ? new(Model.Pooling) : null;
        if (request.PromptLogProbs is not { } top || Sequence.PromptLength == 1) return;
        (scores, Sequence.FirstWanted) = (new(top), 0);
    }

    /// <summary>A generation with a lease of its own.</summary>
    /// <param name="now">When it was submitted.</param>
    public static Generation Begin(long number, ModelLease lease, GenerationRequest request, EngineOptions options, long now)
    {
        var own = lease.Share();
        try
        {
            return new(number, own, request, options, now);
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

    /// <summary>The index of its adapter on the network; -1 without one.</summary>
    public int Adapter => lease.Adapter;

    public ChannelReader<GeneratedPiece> Pieces => pieces.Reader;

    /// <summary>Set by the engine's thread alone.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Set by the engine's thread alone; while it is set, the reader wakes that thread.</summary>
    public bool IsStalled
    {
        get => stalled;
        set
        {
            stalled = value;
            // The engine sets it and then checks the buffer; the reader reads and then checks it. So one of the two sees the other.
            Interlocked.MemoryBarrier();
        }
    }

    /// <summary>The reader is too far behind: no more is generated for it.</summary>
    public bool IsFull => Volatile.Read(ref unread) >= most;

    /// <summary>A stalled generation continues when half of the buffer is read, not after every piece.</summary>
    public bool HasRoom => Volatile.Read(ref unread) <= most / 2;

    public ReadOnlySpan<int> Ends => ends;

    public Guesser Guesser { get; }

    /// <summary>The random number of the next token: a function of the seed and the token's index only.</summary>
    public double Uniform => UniformOf(0);

    double UniformOf(int ahead) => SeededRandom.Uniform(seed, Sequence.Output.Length + ahead);

    /// <summary>A device can draw the tokens of this request by itself.</summary>
    public bool IsPlain => Request.TopLogProbs == 0 && Request.Sampling.IsPlain && !IsReadOnly && Forced is null;

    /// <summary>Its prompt is read, and no token is drawn.</summary>
    public bool IsReadOnly => Request.MaxTokens == 0;

    /// <summary>The tokens that the request's grammar allows next; null allows all.</summary>
    public TokenMask? Mask => grammar?.Mask;

    /// <summary>The token that is written without being drawn; null where one is drawn.</summary>
    public int? Forced => thinking?.Next;

    /// <summary>How a device draws; null where the tokens before decide what the grammar allows then, or where it allows none.</summary>
    /// <param name="ahead">How many tokens come before the one that is drawn.</param>
    /// <exception cref="GrammarException">The grammar turns out too ambiguous, or nested too deeply.</exception>
    public SamplingPlan? Plan(int row, int ahead)
    {
        if (grammar is null) return FreePlan(row, ahead);
        return ahead == 0 && grammar.Mask.Allowed(Ends) is { IsEmpty: false } allowed
            ? FreePlan(row, ahead) with { Allowed = allowed } : null;
    }

    /// <summary>The same without the grammar.</summary>
    public SamplingPlan FreePlan(int row, int ahead) => new(row, Request.Sampling.IsGreedy ? 0 : Request.Sampling.Temperature,
        Math.Max(0, Request.Sampling.TopK), Request.Sampling.TopP, Request.Sampling.MinP, UniformOf(ahead));

    /// <summary>
    /// How many guesses the next step may compute: none beyond the last token that the answer may have, nor where the sequence is turned
    /// anew.
    /// </summary>
    public int MostGuesses
    {
        get
        {
            var most = 0;
            while (most < MostAhead && Sequence.Length + most + 1 < longest
                && !Model.Network.Blueprint.TurnsAnew(Sequence.Length + most + 1)) most++;
            return most;
        }
    }

    /// <summary>The root of its blocks' keys at its present length.</summary>
    public BlockKey Root() => Root(Sequence.Length);

    BlockKey Root(int length) => BlockKey.Root(Model.WeightsHash, lease.AdapterKey, Request.CacheSalt,
        Model.Network.Blueprint.RotationOf(length), Request.Deterministic ?? false);

    /// <summary>A step with this sequence is planned.</summary>
    public void Starts(long now) => started ??= now;

    /// <summary>Scores the prompt's token after <paramref name="position"/> by that position's logits [V].</summary>
    public void Score(int position, ReadOnlySpan<float> logits)
    {
        scores!.Add(Sequence.Prompt[position + 1], logits);
        Sequence.FirstWanted = position + 2 < Sequence.PromptLength ? position + 1 : int.MaxValue;
    }

    /// <summary>Sends what there is of a request that writes nothing.</summary>
    public void Close(long now) => Send(new([], "", FinishReason.Length) { Pooled = pooled?.Vector }, now);

    /// <summary>Takes what a step pooled of some of the prompt's tokens.</summary>
    public void Pool(float[] states, int start, int count) => pooled!.Add(states, start, count);

    /// <summary>Appends the next token, drawn <paramref name="now"/>, and sends it on; true when it was the last.</summary>
    public bool Accept(SampledToken token, ImmutableArray<TopLogProb> top, long now)
    {
        // Where the grammar has nothing else left, min_tokens cannot be kept.
        var mayEnd = Sequence.Output.Length + 1 >= Request.Sampling.MinTokens || Mask is { IsOver: true };
        Sequence.Append(token.Id);
        var stopped = mayEnd && (ends.AsSpan().Contains(token.Id) || Request.Sampling.StopTokenIds.Contains(token.Id));
        var over = grammar is not null && !stopped && Obey(grammar, token.Id);
        var finished = stopped || over || Sequence.Length >= longest;
        var made = new GeneratedToken(token.Id, token.LogProbability, top);
        // Before min_tokens no stop string is searched for.
        var shown = text.Push(made, ends: stopped, isLast: finished, mayStop: mayEnd);
        var thought = stopped ? 0 : thinking?.Advance(Sequence.Output) ?? 0;
        FinishReason? finish = stopped || over || text.IsOver ? text.Finish : finished ? FinishReason.Length : null;
        Send(new([made], shown, finish)
        {
            Shown = text.Released(),
            StopString = text.StopString,
            Reasoning = text.Thought,
            ReasoningTokens = thought,
            Citations = text.Cited(),
            Calls = text.Called(),
        }, now);
        return finish is not null;
    }

    void Send(GeneratedPiece piece, long now)
    {
        Interlocked.Increment(ref unread);
        pieces.Writer.TryWrite(piece with
        {
            Prompt = scores?.Take() ?? [],
            CachedPromptTokens = Sequence.CachedPrompt ?? 0,
            Times = new(submitted, started ?? now, now),
        });
    }

    /// <summary>Goes on in the grammar; true when nothing may follow and no token could say so.</summary>
    bool Obey(AnswerGrammar rules, int token)
    {
        rules.Advance(token);
        return ends.Length == 0 && rules.Mask.IsOver;
    }

    /// <summary>The reader has taken a piece; true when the engine waits for this.</summary>
    public bool Taken()
    {
        Interlocked.Decrement(ref unread);
        return stalled;
    }

    /// <summary>
    /// Releases the weights and ends the stream, with an error or without, however far the reader is. Later calls do nothing.
    /// </summary>
    public void End(Exception? error = null)
    {
        if (HasEnded) return;
        HasEnded = true;
        lease.Dispose();
        pieces.Writer.TryComplete(error);
    }
}
