// A small model that suggests how sequences go on. It follows each of them in a cache of its own: reads what it has not seen yet, then
// draws a few tokens, for all of them together. Knows no schedule and no price.
using System.Collections.Immutable;
using Majlis.Model;

namespace Majlis.Inference.Speculation;

/// <summary>Used by the engine's thread alone.</summary>
sealed class Drafter(LoadedModel draft)
{
    // Longer prompts are read in several steps, so that no answer waits for them.
    const int MostRead = 256;

    // A token that the small model itself doubts is rarely right, and those behind it even less.
    const double LeastSure = 0.3;

    readonly Dictionary<Generation, Follower> followers = [];
    readonly BlockAllocator blocks = draft.Allocator;

    /// <summary>Suggests at most <paramref name="most"/> tokens for each generation; none where its text is not read yet.</summary>
    /// <returns>How many tokens were drawn.</returns>
    public int Suggest(IReadOnlyList<(Generation Generation, int Most)> wishes)
    {
        blocks.BeginStep();
        var room = MostRead;
        var reading = new List<Follower>();
        foreach (var (generation, most) in wishes)
        {
            var follower = Following(generation);
            follower.Begin(most);
            var count = Math.Min(Math.Min(follower.Sequence.Remaining, room), draft.MaxContext - follower.Sequence.Computed);
            if (count <= 0 || !Knows(follower.Sequence)) continue;
            if (!blocks.TryExtend(follower.Sequence, count))
            {
                // Where the cache is full, a sequence goes without suggestions until others have left.
                blocks.Release(follower.Sequence);
                continue;
            }
            (follower.Sequence.Scheduled, room) = (count, room - count);
            reading.Add(follower);
        }
        if (reading.Count == 0) return 0;
        var going = Read(reading);
        var drawn = going.Count;
        while ((going = going.FindAll(GoesOn)).Count > 0)
        {
            Draw(going);
            drawn += going.Count;
        }
        return drawn;
    }

    /// <summary>What was suggested last.</summary>
    public int[] Of(Generation generation) =>
        [.. followers[generation].Drafted.TakeWhile(token => token < generation.Model.Network.Blueprint.VocabularySize)];

    public void Forget(Generation generation)
    {
        if (followers.Remove(generation, out var follower)) blocks.Release(follower.Sequence);
    }

    Follower Following(Generation generation)
    {
        if (!followers.TryGetValue(generation, out var follower))
            followers[generation] = follower = new(generation, Root(generation, generation.Sequence.Length));
        var sequence = follower.Sequence;
        var right = follower.CatchUp();
        if (sequence.Tables.Length == 0) blocks.Adopt(sequence, blocks.Cached(sequence));
        else blocks.Commit(sequence, right);
        if (!draft.Network.Blueprint.TurnsAnew(sequence.Length)) return follower;
        blocks.Release(sequence);
        sequence.Renew(Root(generation, sequence.Length));
        blocks.Adopt(sequence, 0);
        return follower;
    }

    BlockKey Root(Generation generation, int length) => BlockKey.Root(draft.WeightsHash, adapter: null, generation.Request.CacheSalt,
        draft.Network.Blueprint.RotationOf(length));

    // Networks may have logits for ids without a text, one more than the other.
    bool Knows(Sequence sequence) =>
        !sequence.Tokens[sequence.Computed..].ContainsAnyExceptInRange(0, draft.Network.Blueprint.VocabularySize - 1);

    bool GoesOn(Follower follower) => follower.IsWanted && follower.Sequence.Length + follower.Drafted.Count < draft.MaxContext
        && follower.Drafted[^1] < draft.Network.Blueprint.VocabularySize
        && blocks.TryExtend(follower.Sequence, follower.Drafted.Count);

    /// <summary>Reads known tokens; what follows the last is drawn for those that have no more.</summary>
    List<Follower> Read(List<Follower> reading)
    {
        var done = reading.FindAll(follower => follower.Sequence.Scheduled == follower.Sequence.Remaining);
        Compute(reading, follower => (follower.Sequence.Computed, follower.Sequence.Tokens
            .Slice(follower.Sequence.Computed, follower.Sequence.Scheduled).ToArray()), done);
        foreach (var follower in reading) blocks.Commit(follower.Sequence, follower.Sequence.Scheduled);
        return done;
    }

    void Draw(List<Follower> going) =>
        Compute(going, follower => (follower.Sequence.Length + follower.Drafted.Count - 1, [follower.Drafted[^1]]), going);

    void Compute(List<Follower> all, Func<Follower, (int Cached, int[] Tokens)> next, List<Follower> drawing)
    {
        var (tokens, positions, rows) = (new List<int>(), new List<int>(), new List<int>());
        var (spans, plans) = (ImmutableArray.CreateBuilder<SequenceSpan>(all.Count), new List<SamplingPlan>());
        foreach (var follower in all)
        {
            var (cached, some) = next(follower);
            spans.Add(new(tokens.Count, some.Length, cached, follower.Sequence.BlockTables, Known: follower.Sequence.Known));
            tokens.AddRange(some);
            positions.AddRange(Enumerable.Range(cached, some.Length));
            if (!drawing.Contains(follower)) continue;
            plans.Add(follower.Generation.FreePlan(rows.Count, follower.Drafted.Count));
            rows.Add(tokens.Count - 1);
        }
        using var result = draft.Network.Forward(new()
        {
            Tokens = [.. tokens],
            Positions = [.. positions],
            Spans = spans.MoveToImmutable(),
            Rows = rows.Count == 0 ? LogitRows.None : LogitRows.At([.. rows]),
        });
        var drawn = new SampledToken[plans.Count];
        if (plans.Count > 0) result.Sample(plans.ToArray(), drawn);
        for (var i = 0; i < drawn.Length; i++) drawing[i].Add(drawn[i]);
    }

    /// <summary>A sequence as the small model knows it: tokens that are certain, and those it has drawn behind them.</summary>
    sealed class Follower(Generation generation, BlockKey root)
    {
        int most;
        bool isSure;

        public Generation Generation => generation;

        public Sequence Sequence { get; } = new(0, generation.Sequence.Tokens, root);

        public List<int> Drafted { get; } = [];

        public bool IsWanted => isSure && Drafted.Count < most && !generation.Ends.Contains(Drafted[^1]);

        /// <summary>Appends what was written since. Returns how many of the new tokens are computed: drawn and used to draw on.</summary>
        public int CatchUp()
        {
            var right = 0;
            while (Sequence.Length < generation.Sequence.Length)
            {
                var token = generation.Sequence.Tokens[Sequence.Length];
                var at = Sequence.Length - Sequence.Computed;
                if (right == at && at < Drafted.Count - 1 && Drafted[at] == token) right++;
                Sequence.Append(token);
            }
            return right;
        }

        public void Begin(int wanted)
        {
            (most, isSure) = (wanted, true);
            Drafted.Clear();
        }

        public void Add(SampledToken token)
        {
            Drafted.Add(token.Id);
            isSure = MathF.Exp(token.LogProbability) >= LeastSure;
        }
    }
}
