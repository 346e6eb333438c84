// The sequences of one snapshot of the weights, and the three phases of a step: schedule, forward, sample. The engine has one batcher for
// the current snapshot and, during a swap, one for the previous. Used by the engine's thread alone.
using System.Collections.Immutable;
using Majlis.Inference.Grammars;
using Majlis.Inference.Speculation;
using Majlis.Model;

namespace Majlis.Inference;

sealed class ModelBatcher
{
    readonly Scheduler scheduler;
    readonly StepDrawing drawing;
    readonly StepGuesses guesses;
    readonly Dictionary<Sequence, Generation> generations = [];
    // The current step: its generations and its rows of logits.
    readonly List<Generation> step = [];
    readonly StepRows rows = new();
    readonly UnreadReplies unread;
    readonly TimeProvider time;
    readonly Action<Generation> ended;
    long began;

    /// <param name="ended">Called for each generation that leaves, however it ended.</param>
    public ModelBatcher(LoadedModel model, EngineOptions options, UnreadReplies unread, TimeProvider time, Action<Generation> ended)
    {
        (Model, this.unread, this.time, this.ended) = (model, unread, time, ended);
        var vocabulary = model.Network.Blueprint.VocabularySize;
        scheduler = new(model.Allocator, options.MaxSequences, options.MaxBatchTokens, new(model.Network.Blueprint),
            Math.Max(1, options.MaxPromptLogits / vocabulary));
        (drawing, guesses) = (new(vocabulary), new(model.Draft, time));
    }

    public LoadedModel Model { get; }

    public StepPace Pace { get; } = new();

    public int Running => scheduler.Running.Count;

    public int Waiting => scheduler.Waiting.Count;

    public long Preemptions => scheduler.Preemptions;

    /// <summary>Answers that get their next token in every step.</summary>
    public int Writing => scheduler.Writing;

    /// <summary>The cost of the prompts in the last step.</summary>
    public double PromptCost => scheduler.PromptCost;

    /// <summary>By <see cref="GuessKind"/>.</summary>
    public IReadOnlyList<GuessCount> Guesses => guesses.Counts;

    /// <summary>Nothing to compute; stalled generations may still wait for their readers.</summary>
    public bool IsIdle => scheduler.IsIdle;

    public bool IsEmpty => generations.Count == 0;

    public IReadOnlyList<BlockPool> Pools => Model.Allocator.Pools;

    public void Add(Generation generation)
    {
        generations.Add(generation.Sequence, generation);
        scheduler.Add(generation.Sequence);
    }

    /// <summary>Removes a generation, releases its blocks, and ends it.</summary>
    public void Remove(Generation generation, Exception? error = null)
    {
        if (!generations.Remove(generation.Sequence)) return;
        scheduler.Remove(generation.Sequence);
        unread.Remove(generation);
        guesses.Forget(generation);
        // Its place is freed before its reader learns of the end: a client that returns at once finds it.
        ended(generation);
        generation.End(error);
    }

    public void RemoveAll(Exception error)
    {
        foreach (var generation in generations.Values.ToArray()) Remove(generation, error);
    }

    /// <summary>Resumes generations whose buffers were read; ends those that were not read in time.</summary>
    public void LookAfterReaders()
    {
        var (readable, late) = unread.Decided();
        foreach (var generation in readable)
        {
            unread.Remove(generation);
            scheduler.Add(generation.Sequence);
        }
        foreach (var generation in late) Remove(generation, new ReplyUnreadException(unread.Patience));
    }

    /// <summary>Phase one: plans the step. False when there is nothing to compute.</summary>
    /// <param name="promptCost">The cost limit of its prompts, as in <see cref="Scheduler.Schedule"/>.</param>
    public bool Schedule(double promptCost)
    {
        step.Clear();
        rows.Clear();
        guesses.Make(scheduler.Running.Where(sequence => sequence.Remaining == 1).Select(sequence => generations[sequence]));
        began = time.GetTimestamp();
        foreach (var sequence in scheduler.Schedule(promptCost))
        {
            var generation = generations[sequence];
            generation.Starts(began);
            step.Add(generation);
        }
        return step.Count > 0;
    }

    /// <summary>Phase two: computes the step and counts its tokens as cached.</summary>
    public ForwardResult Forward()
    {
        var forward = Model.Network.Forward;
        var (alone, together) = (Part(true), Part(false));
        var results = alone.Count == 0 ? forward(rows.Batch(together, false))
            : together.Count == 0 ? forward(rows.Batch(alone, true))
            : new TwoResults(forward(rows.Batch(alone, true)), forward(rows.Batch(together, false)));
        scheduler.Complete();
        return results;
    }

    List<Generation> Part(bool isDeterministic) =>
        step.FindAll(generation => (generation.Request.Deterministic ?? false) == isDeterministic);

    /// <summary>
    /// Phase three: scores prompts, then draws a token for every sequence whose prompt is computed, on the device where possible, and sends
    /// it on; then the tokens behind it, as long as each is the one that was guessed. A failure ends only its own sequence.
    /// </summary>
    public void Sample(ForwardResult result)
    {
        foreach (var part in this.rows.Pooled)
            Alone(part.Generation, generation => generation.Pool(result.ReadPooled(part.Span), part.Start, part.Count));
        var rows = this.rows.All;
        for (var row = 0; row < rows.Count; row++)
            if (rows[row].Scored is { } position) Score(result, rows[row].Generation, row, position);
        drawing.Begin(result, rows);
        for (var row = 0; row < rows.Count; row++)
        {
            var at = row;
            if (rows[row] is { Scored: null, Ahead: 0 }) Alone(rows[row].Generation, generation => Write(result, generation, at));
        }
        if (PromptCost == 0) guesses.Took(time.GetElapsedTime(began), rows.Count, step.Count);
    }

    /// <summary>Ends every generation of a failed step; if the planning failed, all generations.</summary>
    public void Fail(Exception broken)
    {
        var failed = new GenerationFailedException($"Computing the answer failed: {broken.Message}", broken);
        if (step.Count == 0) RemoveAll(failed);
        foreach (var generation in step) Remove(generation, failed);
    }

    /// <summary>Acts on one sequence. A failure ends only that sequence; the others of the step are not affected.</summary>
    void Alone(Generation generation, Action<Generation> act)
    {
        if (generation.HasEnded) return;
        try
        {
            act(generation);
        }
        catch (RequestRefusedException refused)
        {
            Remove(generation, refused);
        }
        catch (GrammarException wrong)
        {
            var field = generation.Request.GrammarField;
            Remove(generation, new RequestRefusedException(new(field, $"The answer cannot go on under '{field}': {wrong.Message}")));
        }
        catch (Exception broken)
        {
            Remove(generation, new GenerationFailedException($"Writing the next token failed: {broken.Message}", broken));
        }
    }

    void Score(ForwardResult result, Generation scored, int row, int position) =>
        Alone(scored, generation => generation.Score(position, drawing.Logits(result, row)));

    void Write(ForwardResult result, Generation generation, int row)
    {
        if (generation.IsReadOnly)
        {
            generation.Close(time.GetTimestamp());
            Remove(generation);
            return;
        }
        var (sequence, guessed, right) = (generation.Sequence, generation.Sequence.Guessed, 0);
        for (; ; right++)
        {
            var (token, top) = drawing.Draw(result, generation, row + right);
            if (!Accept(generation, token, top) || right == guessed || sequence.Guesses[right] != token.Id) break;
            scheduler.Confirm(sequence);
        }
        guesses.Judge(generation, guessed, right);
    }

    /// <summary>False where the sequence has ended, or goes on another way than with the next row.</summary>
    bool Accept(Generation generation, SampledToken token, ImmutableArray<TopLogProb> top)
    {
        if (!float.IsFinite(token.LogProbability)) throw new ArithmeticException("The network's logits are not finite.");
        if (generation.Accept(token, top, time.GetTimestamp()))
        {
            Remove(generation);
            return false;
        }
        var turns = Model.Network.Blueprint.TurnsAnew(generation.Sequence.Length);
        if (turns) scheduler.Restart(generation.Sequence, generation.Root());
        if (generation.IsFull) Rest(generation);
        return !turns && !generation.IsStalled;
    }

    // Like a preemption: its blocks are released, and its prefix is mostly still cached when it resumes.
    void Rest(Generation generation)
    {
        scheduler.Remove(generation.Sequence);
        unread.Add(generation);
    }
}
