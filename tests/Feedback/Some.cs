// Battles and votes for tests: every field filled, each from a seed.
using Majlis.Feedback.Votes;

namespace Majlis.tests.Feedback;

static class Some
{
    public const string Rater = "rater-1";

    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static Battle Battle(string id, string rater = Rater, string prompt = "How many legs has a spider?", int seed = 1)
    {
        var messages = $$"""[{"role":"user","content":"{{prompt}}"}]""";
        var (a, b) = (Side(seed, "Eight."), Side(seed + 1, "Eight legs."));
        return new Battle(id, messages, PromptHash.Of(messages), PromptLanguage.Of(prompt), rater, Now, a, b)
        {
            Propensity = 0.5,
        };
    }

    public static BattleSide Side(int seed, string text)
    {
        var random = new Generator(seed);
        var prompt = new[] { 1, 2, 3, 49_151 };
        var completion = Enumerable.Range(0, 12).Select(_ => random.Next(49_152)).ToArray();
        return new BattleSide($"sha256-{seed}", seed % 2 == 0 ? null : "adapter", """{"temperature":0.7,"seed":5}""", prompt, completion,
            [.. completion.Select(_ => -random.Next(1000) / 100f)], text, "stop", 12.5);
    }

    public static Vote Vote(string battle, Verdict verdict = Verdict.A, string voter = Rater) =>
        new(battle, verdict, ["short", "clear"], "the first says it plainly", voter, VoterKinds.Person, 5200, false);
}
