// Draws the tokens of a step's rows: on the device, all together, where a request leaves that to it, else here. Knows no schedule.
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Majlis.Inference.Grammars;
using Majlis.Model;

namespace Majlis.Inference;

/// <summary>Buffers for one step at a time.</summary>
sealed class StepDrawing(int vocabularySize)
{
    readonly Sampler sampler = new(vocabularySize);
    readonly float[] logits = new float[vocabularySize];
    readonly List<SamplingPlan> plans = [];
    // [i]: the token of plans[i]; by row, which plan is the row's.
    SampledToken[] drawn = [];
    readonly Dictionary<int, int> planOf = [];

    /// <summary>Draws what the device can draw by itself; where that fails, each row is drawn alone, which shows the one that
    /// failed.</summary>
    public void Begin(ForwardResult result, IReadOnlyList<StepRow> rows)
    {
        plans.Clear();
        planOf.Clear();
        for (var row = 0; row < rows.Count; row++)
            if (rows[row] is { Scored: null, Generation: { IsPlain: true } plain } && TryPlan(plain, row, rows[row].Ahead) is { } plan)
            {
                planOf.Add(row, plans.Count);
                plans.Add(plan);
            }
        if (drawn.Length < plans.Count) drawn = new SampledToken[plans.Count];
        if (plans.Count > 0 && !TryDraw(result)) planOf.Clear();
    }

    /// <summary>The next token of a generation, by the row in which everything before it is known.</summary>
    public (SampledToken Token, ImmutableArray<TopLogProb> Top) Draw(ForwardResult result, Generation generation, int row)
    {
        // What was planned holds only while no token before has changed that: one may force the next.
        if (generation.IsPlain && planOf.TryGetValue(row, out var at)) return (drawn[at], []);
        if (generation.IsPlain && generation.Plan(row, ahead: 0) is { } plan) return (Alone(result, plan), []);
        result.ReadLogits(row, logits);
        var (sequence, options, top) = (generation.Sequence, generation.Request.Sampling, generation.Request.TopLogProbs);
        var token = generation.Forced is { } forced ? Sampler.Given(logits, forced)
            : sampler.Sample(logits, options, sequence.Prompt, sequence.Output, generation.Ends, generation.Uniform, generation.Mask);
        return (token, top == 0 ? [] : LogProbs.Top(logits, top, logits[token.Id] - (double)token.LogProbability));
    }

    /// <summary>A row's raw logits [V], until the next are read.</summary>
    public ReadOnlySpan<float> Logits(ForwardResult result, int row)
    {
        result.ReadLogits(row, logits);
        return logits;
    }

    // What a grammar throws is thrown again where the row is drawn alone, and ends that sequence only.
    static SamplingPlan? TryPlan(Generation generation, int row, int ahead)
    {
        try
        {
            return generation.Plan(row, ahead);
        }
        catch (GrammarException)
        {
            return null;
        }
    }

    bool TryDraw(ForwardResult result)
    {
        try
        {
            result.Sample(CollectionsMarshal.AsSpan(plans), drawn.AsSpan(0, plans.Count));
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    static SampledToken Alone(ForwardResult result, SamplingPlan plan)
    {
        var token = new SampledToken[1];
        result.Sample([plan], token);
        return token[0];
    }
}
