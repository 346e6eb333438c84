// Rows beside votes: their share of a step, the self-test that must not see them, and a round that learns from them.
using Majlis.Feedback.Votes;
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.tests.Support;
using Majlis.Text;
using Majlis.Torch;
using Majlis.Trainer.Data;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Replay;
using Majlis.Trainer.Sequences;
using Xunit;
using static TorchSharp.torch;

namespace Majlis.tests.Trainer;

public sealed class ReplayedRowTests : IDisposable
{
    static readonly IReadOnlyList<TokenRow> rows =
        [new("row-0", [3, 4], [5, 6, 1]), new("row-1", [7], [8, 1]), new("row-2", [9, 2, 3], [4, 1])];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static PairObjective Votes(Policy policy, IReadOnlyList<TrainingPair> pairs) =>
        new PairObjective(policy, pairs,
            ReferenceScores.Compute(policy, [.. pairs.Chunk(2).Select(TrainingPair.Rows)], 0, _ => { }), new());

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_step_adds_the_rows_mean_loss_per_token_whatever_its_micro_batches_are(int batchRows)
    {
        var (beside, alone, pairs) = (new BigramPolicy(4), new BigramPolicy(4), BigramPolicy.Pairs(2, 7));
        var both = new ReplayedObjective(Votes(beside.Policy, pairs), beside.Policy, rows, new(0.5, batchRows, 3, 1));
        var outcome = both.Gradients(0, [[0, 1]], unmoved: true);
        var votes = Votes(alone.Policy, pairs).Gradients(0, [[0, 1]], unmoved: true);
        using var batch = SequenceBatch.Of(rows, 0);
        var plain = -alone.Policy.Scores(batch).LogProbabilities.mean();
        plain.Times(0.5).backward();
        Assert.Null(outcome.Refusal);
        Assert.Equal(plain.item<float>(), outcome.Metrics["replay/loss"], 1e-5);
        Assert.Equal(votes.Metrics["loss"] + 0.5 * plain.item<float>(), outcome.Metrics["loss"], 1e-5);
        Assert.True(allclose(alone.Table.grad!, beside.Table.grad!, atol: 1e-6));
    }

    [Fact]
    public void A_loss_that_is_no_number_names_the_row()
    {
        var policy = new BigramPolicy(4);
        var objective = new ReplayedObjective(
            Votes(policy.Policy, [new TrainingPair("pair", [2], [3, 1], [4, 1])]), policy.Policy, rows, new(1, 1, 3, 1));
        using (no_grad()) policy.Table[8].TimesInPlace(double.NaN);
        var outcome = objective.Gradients(5, [[0]], unmoved: false);
        Assert.Contains("row-1", outcome.Refusal ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_round_learns_the_rows_beside_its_votes_from_its_own_copy_of_them()
    {
        using var round = Round();
        var options = RoundFixture.Options with { Experts = "all", Replay = Write("""
            {"messages": [{"role": "user", "content": "ping"}, {"role": "assistant", "content": "pong"}]}
            """), ReplayWeight = 2, Layers = "6,7" };
        round.Watch = line =>
        {
            if (line == "stage start") File.Delete(options.Replay);
        };
        var outcome = await round.RunAsync(options);
        Assert.NotNull(outcome.Version);
        var adapter = Path.Combine(round.First, "experts", "all", "adapter");
        double[] losses = [.. File.ReadLines(Path.Combine(adapter, "metrics.jsonl")).Select(line =>
            System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("Values").GetProperty("replay/loss").GetDouble())];
        Assert.True(losses[^1] < losses[0] - 0.1, $"{losses[0]} to {losses[^1]}");
        var hash = round.Catalog.Read(outcome.Version).Recipe!.Value.GetProperty("replay_sha256").GetString();
        Assert.Equal(Majlis.Model.Hashes.FileHash.Of(Path.Combine(round.First, "replay.jsonl")), hash);
        Assert.Equal([6, 7], AdapterConfig.Read(Path.Combine(adapter, AdapterConfig.FileName)).LayersToTransform!.Value);
    }

    [Theory]
    [InlineData("""{"messages": "none"}""", " line 1: expected 'messages' (a list)")]
    [InlineData("""{"messages": [{"role": "user", "content": "ping"}]}""", " line 1: nothing in the chat is the assistant's")]
    [InlineData("""{"text": "ping pong", "weight": 0.5}""", " line 1: 'weight' is for pairs and single answers")]
    [InlineData("{", " line 1: ")]
    public async Task A_row_that_cannot_be_learnt_is_named_before_the_round_begins(string row, string message)
    {
        using var round = Round();
        var path = Write(row);
        var wrong = await Assert.ThrowsAsync<DataException>(() => round.RunAsync(RoundFixture.Options with { Replay = path }));
        Assert.Contains(path + message, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_layer_that_the_model_lacks_is_named_before_the_round_begins()
    {
        using var round = Round();
        var wrong = await Assert.ThrowsAsync<ModelFormatException>(() => round.RunAsync(RoundFixture.Options with { Layers = "7,8" }));
        Assert.Contains("--layers: there is no layer 8", wrong.Message, StringComparison.Ordinal);
    }

    string Write(string row)
    {
        var path = folder.File("rows.jsonl");
        File.WriteAllText(path, row.Trim() + "\n");
        return path;
    }

    /// <summary>A round that starts from a tiny starter, which has a tokenizer and a template.</summary>
    RoundFixture Round()
    {
        TinyStarter.Write(Directory.CreateDirectory(folder.File("model")).FullName);
        using var model = Checkpoint.Open(folder.File("model"));
        BattleSide Own(BattleSide side) => side with { Version = model.WeightsHash };
        return new RoundFixture
        {
            Model = folder.File("model"),
            Votes = [.. Some.Votes(48).Select(vote => vote with
            {
                Battle = vote.Battle with { A = Own(vote.Battle.A), B = Own(vote.Battle.B) },
            })],
        };
    }
}
