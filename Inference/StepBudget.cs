// What a step may still take: tokens, rows of logits, and the cost of the prompts that it reads. Arithmetic only; knows no queue and no
// block.
namespace Majlis.Inference;

/// <param name="maxTokens">The most tokens in a step.</param>
/// <param name="maxRows">The most tokens but each sequence's last whose logits a step computes.</param>
/// <param name="cost">The cost of prompt tokens; null where steps have no cost limit.</param>
sealed class StepBudget(int maxTokens, int maxRows, PrefillCost? cost)
{
    // Read in every step whatever they cost, so that a prompt makes progress.
    const int FewestPromptTokens = 4;

    // Where no prompt is longer, a step may read as many tokens whatever they cost: clients that begin together soon write together.
    const int ShortPrompt = 64;

    int rows;
    double allowance;

    /// <summary>The tokens that are left.</summary>
    public int Tokens { get; private set; }

    /// <summary>The cost of the prompts read so far.</summary>
    public double PromptCost { get; private set; }

    /// <param name="promptCost">The cost limit of prompts; a few tokens are read whatever they cost, unless it is negative.</param>
    public void Begin(double promptCost) => (Tokens, rows, allowance, PromptCost) = (maxTokens, maxRows, promptCost, 0);

    /// <summary>A token of a running answer.</summary>
    public void Write() => Tokens--;

    /// <summary>How many guesses may follow a running answer's token: prompts keep half of what is left.</summary>
    public int Guesses(int wanted) => Math.Max(0, Math.Min(wanted, Math.Min(Tokens / 2, rows)));

    public void Guess(int count) => (Tokens, rows) = (Tokens - count, rows - count);

    /// <summary>Prompts of clients that are owed may cost more.</summary>
    public void Owe()
    {
        if (allowance > 0) allowance *= OwedPrompts.Allowance;
    }

    /// <summary>Prompts that are all short may cost as much as one that is just short. The end of a long one is not short.</summary>
    public void Allow(List<Sequence> prompts)
    {
        if (cost is not null && allowance >= 0 && prompts.TrueForAll(sequence => sequence.NotCached <= ShortPrompt))
            allowance = Math.Max(allowance, cost.Of(ShortPrompt, 0));
    }

    /// <summary>How many prompt tokens may be read in this step; the step's first prompt always gets a few.</summary>
    public int Wanted(Sequence sequence)
    {
        var most = (int)Math.Min(Math.Min(sequence.Remaining, Tokens), (long)sequence.FirstWanted - sequence.Computed + rows);
        if (cost is null || double.IsPositiveInfinity(allowance)) return most;
        var least = allowance < 0 || PromptCost > 0 ? 0 : Math.Min(most, FewestPromptTokens);
        return Math.Max(least, cost.Tokens(allowance - PromptCost, sequence.Computed, most));
    }

    public void Read(Sequence sequence, int count)
    {
        PromptCost += cost?.Of(count, sequence.Computed) ?? 0;
        rows -= Math.Max(0, sequence.Computed + count - sequence.FirstWanted);
        Tokens -= count;
    }
}
