// Steps beside running answers in the simulated time of a machine: what they read where an answer's step is short, and during a swap, when
// each of two versions has a pace of its own.
using Majlis.Inference;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class VersionPaceTests
{
    readonly RoundPace rounds = new(null);
    long number;

    /// <summary>SmolLM2 on two cores: sixteen tokens take as long as five steps of an answer, deep in a prompt as ten.</summary>
    [Fact]
    public void Where_an_answers_step_is_short_steps_read_few_tokens()
    {
        var version = new Version(Step: 5e-3, Token: 1e-3, Deeper: 0.7e-6);
        version.Add(New(3));
        for (var i = 0; i < 20; i++) Round(version);
        var book = New(3000);
        version.Add(book);
        List<double> rounds = [];
        while (book.Output.IsEmpty) rounds.Add(Round(version));
        Assert.True(rounds.Max() <= 4 * version.Step, $"{rounds.Max()} s");
        Assert.InRange(rounds.Sum(), 0, 2 * Enumerable.Range(0, 3000).Sum(position => version.Seconds(1, position)));
    }

    /// <summary>The new version is a larger one: what the old one's tokens took says nothing of its own.</summary>
    [Theory]
    [InlineData(1e-3, 10e-3)]
    [InlineData(10e-3, 1e-3)]
    public void During_a_swap_each_version_is_judged_by_its_own_steps(double oldToken, double newToken)
    {
        Version old = new(20e-3, oldToken, 0), next = new(20e-3, newToken, 0);
        foreach (var version in new[] { old, next })
        {
            version.Add(New(3));
            for (var i = 0; i < 5; i++) Round(version);
        }
        List<double> rounds = [];
        for (var i = 0; i < 60; i++)
        {
            // Prompts come to the old and to the new version in turns.
            if (i % 10 == 0) (i % 20 == 0 ? old : next).Add(New(100));
            rounds.Add(Round(old, next));
        }
        Assert.True(rounds.Max() <= 4 * (old.Step + next.Step), $"{rounds.Max()} s");
    }

    double Round(params Version[] versions)
    {
        rounds.Begin(Array.ConvertAll(versions, version => (version.Pace, version.Scheduler.Writing)));
        return versions.Sum(version =>
        {
            var seconds = version.Run(rounds.Allowed(version.Pace));
            rounds.Reads(version.Pace, version.Scheduler.PromptCost);
            return seconds;
        });
    }

    Sequence New(int length) => new(number, [.. Enumerable.Range((int)number++ * 5000, length)], BlockKey.Root("v", null, null));

    /// <summary>A step's seconds: for itself, for a prompt's token, and for each token before that.</summary>
    sealed record Version(double Step, double Token, double Deeper)
    {
        public StepPace Pace { get; } = new();

        public Scheduler Scheduler { get; } = new(new(16, new BlockPool(4000, null)), 32, 512, new(SmolShape.Blueprint()));

        public void Add(Sequence sequence) => Scheduler.Add(sequence);

        public double Seconds(int count, int position) => count * (Token + Deeper * position);

        /// <summary>Computes a step; returns what it took.</summary>
        public double Run(double allowed)
        {
            var writing = Scheduler.Writing;
            Sequence[] step = [.. Scheduler.Schedule(allowed)];
            var seconds = Step + step.Where(sequence => sequence.Remaining > 1).Sum(read => Seconds(read.Scheduled, read.Computed));
            Pace.Took(TimeSpan.FromSeconds(seconds), Scheduler.PromptCost, writing);
            Scheduler.Complete();
            foreach (var sequence in step.Where(sequence => sequence.Remaining == 0)) sequence.Append(7);
            return seconds;
        }
    }
}
