// The gate's fixed tasks in a whole round: a candidate that answers them as before is not held back, one that forgets them is refused.
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Majlis.Evaluation;
using Majlis.Feedback.Votes;
using Majlis.Inference;
using Majlis.Model;
using Majlis.tests.Support;
using Majlis.Torch;
using Majlis.Trainer.Rounds;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class RoundTasks : IDisposable
{
    const int Items = 6;

    static readonly RoundOptions options = RoundFixture.Options with { TaskMargin = 0.5, Epochs = 1 };

    readonly TemporaryFolder model = new();

    public RoundTasks() => TinyStarter.Write(model.Path);

    public void Dispose() => model.Dispose();

    [Fact]
    public async Task A_task_that_is_kept_stands_in_the_verdict_with_its_margin()
    {
        using var round = Round([.. Questions().Select(item => item with { Excludes = ["no model writes this"] })]);
        var outcome = await round.RunAsync(options);
        var task = Assert.Single(outcome.Reasons, reason => reason.StartsWith("questions: ", StringComparison.Ordinal));
        Assert.StartsWith("questions: 100.0% -> 100.0% on 6 items; a loss of 0.5 or more has p = 0.007", task, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_candidate_that_forgets_a_task_is_refused()
    {
        using var round = Round(await AsAnsweredNowAsync());
        var outcome = await round.RunAsync(options);
        Assert.Equal(GateDecision.Refuse, outcome.Decision);
        Assert.Contains(outcome.Reasons, reason => reason.StartsWith("questions: 100.0% -> ", StringComparison.Ordinal));
        Assert.Contains(outcome.Reasons, reason => reason.Contains("a critical capability may be lost", StringComparison.Ordinal));
        Assert.Null(round.Catalog.State().Current);
    }

    // The votes are on answers of the model that the round starts from.
    RoundFixture Round(IReadOnlyList<AnswerItem> tasks)
    {
        using var checkpoint = Checkpoint.Open(model.Path);
        BattleSide Ours(BattleSide side) => side with { Version = checkpoint.WeightsHash };
        return new RoundFixture
        {
            Model = model.Path,
            Tasks = tasks,
            Votes = [.. Some.Votes(48).Select(vote => vote with
            {
                Battle = vote.Battle with { A = Ours(vote.Battle.A), B = Ours(vote.Battle.B) },
            })],
        };
    }

    static IEnumerable<AnswerItem> Questions() => Enumerable.Range(0, Items).Select(index =>
        new AnswerItem("questions", [new JsonObject { ["role"] = "user", ["content"] = $"Question {index}" }], []));

    async Task<IReadOnlyList<AnswerItem>> AsAnsweredNowAsync()
    {
        var checkpoint = Checkpoint.Open(model.Path);
        await using var start = new AnsweringModel(
            checkpoint, new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights), maxContext: 1024);
        return await Task.WhenAll(Questions().Select(async item =>
        {
            var answer = await start.AnswerAsync(start.Prompt(item.Conversation), new SamplingOptions { Temperature = 0 }, maxTokens: 256);
            return item with { Matches = [$"^{Regex.Escape(answer.Text)}$"] };
        }));
    }
}
