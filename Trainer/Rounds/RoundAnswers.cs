// A round's pairs and both-bad votes as single answers, for losses that need no pairs: of a pair one is good and one bad. Pure; knows no
// tensors.
using Majlis.Feedback.Pairs;
using Majlis.Trainer.Unpaired;

namespace Majlis.Trainer.Rounds;

static class RoundAnswers
{
    /// <summary>One expert's answers, cut, each mismatched with the one before it within a micro-batch's number.</summary>
    public static IReadOnlyList<UnpairedExample> Of(RoundPairs pairs, Expert expert, RoundOptions options)
    {
        var own = pairs.Training.Where(pair => expert.Pairs.Contains(pair.Id)).SelectMany(Both)
            .Concat(pairs.Bad.Where(bad => expert.Bad.Contains(bad.Id)).Select(bad =>
                new UnpairedExample(bad.Id, bad.Prompt, bad.Completion, IsDesirable: false, bad.Weight)))
            .Where(example => example.Prompt.Length < options.MaxLength).ToArray();
        return [.. UnpairedExample.Mismatch(own, options.BatchAnswers).Select(example => example.CutTo(options.MaxLength)!)];
    }

    static IEnumerable<UnpairedExample> Both(PreferencePair pair) =>
    [
        new(pair.Id + "/good", pair.Prompt, pair.Chosen, IsDesirable: true, pair.Weight),
        new(pair.Id + "/bad", pair.Prompt, pair.Rejected, IsDesirable: false, pair.Weight),
    ];
}
