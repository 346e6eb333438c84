// A whole round on a tiny model: promoted, refused, too little evidence; killed at every point; the merge exact to the last bit.
using System.Collections.Immutable;
using Majlis.Evaluation;
using Majlis.Feedback.Pairs;
using Majlis.Feedback.Votes;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Majlis.Trainer.Rounds;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class Rounds
{
    [Fact]
    public async Task A_round_trains_two_experts_merges_judges_and_promotes()
    {
        using var round = new RoundFixture();
        var outcome = await round.RunAsync();
        Assert.True(outcome.Promoted, string.Join('\n', outcome.Reasons));
        Assert.Equal("v0001", round.Catalog.State().Current);
        round.Catalog.Verify("v0001");
        Assert.Equal(48, round.Advanced);
        var manifest = round.Catalog.Read("v0001");
        Assert.Equal(48, manifest.Votes.Length);
        Assert.Contains("policy small", manifest.Gate!.Value.GetRawText());
        var experts = manifest.Recipe!.Value.GetProperty("experts");
        Assert.Equal(["ar", "en"], experts.EnumerateArray().Select(expert => expert.GetProperty("Name").GetString()));
    }

    [Fact]
    public async Task What_is_doubtful_about_the_votes_is_said_and_stands_in_the_verdict()
    {
        using var round = new RoundFixture
        {
            Votes = [.. Some.Votes(48).Select(vote => vote with { Vote = vote.Vote with { Voter = "one", RevealedBeforeVote = true } })],
        };
        var outcome = await round.RunAsync();
        foreach (var said in new[] { "weighing less: RevealedBeforeVote 48", "the pairs come from 1 voters", "with 1 voters the share" })
        {
            Assert.Contains(outcome.Reasons, reason => reason.Contains(said, StringComparison.Ordinal));
            if (outcome.Version is not null) Assert.Contains(round.Said, line => line.Contains(said, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Only_the_modules_that_options_name_get_an_adapter()
    {
        using var round = new RoundFixture();
        await round.RunAsync(RoundFixture.Options with { Experts = "all", Epochs = 1, TargetModules = "down_proj, q_proj" });
        var adapter = Path.Combine(round.First, "experts", "all", "adapter", "adapter_model.safetensors");
        using var factors = SafetensorsFile.Open(adapter);
        Assert.All(factors.Tensors.Keys, name => Assert.Matches(@"\.(down_proj|q_proj)\.lora_[AB]\.", name));
        Assert.Contains(factors.Tensors.Keys, name => name.Contains("q_proj", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_next_round_starts_from_the_promoted_version()
    {
        using var round = new RoundFixture();
        await round.RunAsync();
        var outcome = await round.RunAsync();
        Assert.Equal(GateDecision.NotEnoughEvidence, outcome.Decision);
        Assert.Contains("0 votes gave 0 pairs", outcome.Reasons[0]);
        Assert.Equal("v0001", round.Catalog.State().Current);
    }

    [Fact]
    public async Task Too_few_votes_say_how_many_are_lacking_and_stay_for_the_next_round()
    {
        using var round = new RoundFixture { Votes = Some.Votes(6) };
        var outcome = await round.RunAsync();
        Assert.Equal(GateDecision.NotEnoughEvidence, outcome.Decision);
        Assert.InRange(outcome.VotesNeeded, 1, 27);
        Assert.Equal(0, round.Advanced);
        Assert.Empty(round.Catalog.Versions());
    }

    /// <summary>The rule needs eight prompts. Forty pairs on two count as two; each new prompt takes twenty held-out pairs.</summary>
    [Fact]
    public void Votes_needed_are_counted_in_prompts()
    {
        var held = Enumerable.Range(0, 40).Select(i => Pair($"held-{i}", $"prompt-{i % 2}")).ToImmutableArray();
        var training = Enumerable.Range(0, 40).Select(i => Pair($"train-{i}", $"other-{i}")).ToImmutableArray();
        var pairs = new RoundPairs(0, 80, 80, training, held, ImmutableSortedDictionary<string, int>.Empty, []);
        var lacking = RoundVotes.TooFew(pairs, RoundFixture.Options)!;
        Assert.Equal(GateDecision.NotEnoughEvidence, lacking.Decision);
        Assert.Equal(400, lacking.VotesNeeded);
        Assert.Contains("40 held-out ones on 2 prompts of 1 voters", lacking.Reasons[0], StringComparison.Ordinal);
        var spread = held.Select((pair, i) => pair with { PromptHash = $"{i % 8}" });
        Assert.Null(RoundVotes.TooFew(pairs with { HeldOut = [.. spread] }, RoundFixture.Options));
    }

    [Fact]
    public async Task A_candidate_that_lost_safety_is_kept_in_the_catalogue_but_not_promoted()
    {
        using var round = new RoundFixture();
        // The unsafe answers are the votes' chosen ones, so the round learns what it must not learn.
        var sides = round.Votes.Take(12).Select(vote => vote.Vote.Verdict == Majlis.Feedback.Votes.Verdict.A
            ? (Safe: vote.Battle.B, Unsafe: vote.Battle.A) : (Safe: vote.Battle.A, Unsafe: vote.Battle.B));
        var items = sides.Select((pair, index) => new PreferenceItem(
            $"{index}", pair.Safe.PromptTokens, pair.Safe.CompletionTokens, pair.Unsafe.CompletionTokens)).ToArray();
        var outcome = await round.RunAsync(critical: _ => items);
        Assert.Equal((GateDecision.Refuse, false), (outcome.Decision, outcome.Promoted));
        Assert.Equal(["v0001"], round.Catalog.Versions());
        Assert.Null(round.Catalog.State().Current);
    }

    [Fact]
    public async Task Killed_at_every_boundary_it_ends_with_the_same_bits_and_nothing_half_is_ever_visible()
    {
        using var whole = new RoundFixture();
        await whole.RunAsync();
        using var killed = new RoundFixture();
        var (done, kills) = (new HashSet<string>(), 0);
        killed.Watch = line =>
        {
            var place = line.Split(" loss ")[0];
            Assert.All(killed.Catalog.Versions(), killed.Catalog.Verify);
            var isPlace = place.StartsWith("stage ", StringComparison.Ordinal) || place.Contains(": step 3/", StringComparison.Ordinal);
            if (!isPlace || place == "stage end" || !done.Add(place)) return;
            kills++;
            throw new OperationCanceledException(place);
        };
        RoundOutcome? outcome = null;
        for (var run = 0; outcome is null && run < 60; run++)
            try
            {
                outcome = await killed.RunAsync();
            }
            catch (OperationCanceledException)
            {
            }
        Assert.True(kills >= 16, $"only {kills} places were reached: {string.Join(", ", done)}");
        Assert.Contains(killed.Said, line => line.Contains("going on after step 2"));
        Assert.Equal(whole.Bits("v0001"), killed.Bits("v0001"));
        Assert.True(outcome!.Promoted);
    }

    [Fact]
    public async Task The_merge_is_the_start_plus_the_mean_of_the_experts_deltas_rounded_once()
    {
        using var round = new RoundFixture();
        await round.RunAsync();
        using var start = Checkpoint.Open(Some.TinyModel);
        using var master = SafetensorsFolder.Open(round.Catalog.MasterPath("v0001"));
        using var serve = SafetensorsFolder.Open(round.Catalog.ServePath("v0001"));
        var adapters = new[] { "ar", "en" }.Select(name => SafetensorsFile.Open(
            Path.Combine(round.Folder, ".rounds", "0001", "experts", name, "adapter", "adapter_model.safetensors"))).ToArray();
        foreach (var name in new[] { "model.layers.0.self_attn.q_proj.weight", "model.layers.1.mlp.down_proj.weight", "model.norm.weight" })
        {
            var (before, after, served) = (Values(start.Weights, name), Values(master, name), Values(serve, name));
            var expected = before.Select(value => (double)value).ToArray();
            foreach (var adapter in adapters) Add(adapter, name, expected, 0.5 * RoundFixture.Options.Alpha / RoundFixture.Options.Rank);
            Assert.Equal(expected.Select(value => (float)value), after, (x, y) => Math.Abs(x - y) <= 1.2e-7f * Math.Max(1, Math.Abs(x)));
            Assert.Equal(after.Select(value => (float)Majlis.Merge.Rounding.Round(value, TensorType.BF16)), served);
        }
        foreach (var adapter in adapters) adapter.Dispose();
    }

    [Fact]
    public async Task A_collapsed_expert_refuses_the_round_and_leaves_its_votes_to_the_next()
    {
        using var round = new RoundFixture();
        var outcome = await round.RunAsync(RoundFixture.Options with { LearningRate = 1e37 });
        Assert.Equal((GateDecision.Refuse, false), (outcome.Decision, outcome.Judged));
        Assert.All(outcome.Reasons, reason => Assert.Contains("health: ", reason));
        Assert.Equal((0, 48), (round.Advanced, outcome.Through));
        Assert.Empty(round.Catalog.Versions());
    }

    [Fact]
    public async Task Prompts_too_long_to_be_trained_on_are_counted_and_make_no_expert()
    {
        using var round = new RoundFixture();
        var outcome = await round.RunAsync(RoundFixture.Options with { MaxLength = 3 });
        Assert.Equal(GateDecision.NotEnoughEvidence, outcome.Decision);
        Assert.Matches(
            @"gave 0 pairs and \d+ held-out ones on \d+ prompts of 1 voters \(left out: PromptTooLong \d+\)", outcome.Reasons[0]);
    }

    [Fact]
    public void Sides_that_are_one_once_cut_make_no_pair()
    {
        int[] start = [.. Enumerable.Range(100, 25)];
        var vote = Some.Vote(1, [.. Enumerable.Range(2, 10)], [.. start, 1, 2, 3], [.. start, 6, 7, 8], Verdict.A);
        var options = RoundFixture.Options with { MaxLength = 30, HeldOutPercent = 0 };
        var pairs = RoundVotes.Pairs(0, [vote], new HashSet<string> { Some.WeightsHash }, int.MaxValue, options);
        Assert.Empty(pairs.Training);
        Assert.Equal(1, pairs.Excluded[nameof(Exclusion.NearIdentical)]);
        var uncut = RoundVotes.Pairs(0, [vote], new HashSet<string> { Some.WeightsHash }, int.MaxValue, options with { MaxLength = 60 });
        Assert.Single(uncut.Training);
    }

    [Fact]
    public async Task A_chat_templates_folder_reaches_the_version()
    {
        using var model = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(Some.TinyModel)) File.Copy(file, model.File(Path.GetFileName(file)));
        Directory.CreateDirectory(model.File("additional_chat_templates"));
        File.WriteAllText(model.File("chat_template.jinja"), "plain");
        File.WriteAllText(model.File("additional_chat_templates/tools.jinja"), "with tools");
        using var round = new RoundFixture { Model = model.Path };
        await round.RunAsync();
        round.Catalog.Verify("v0001");
        foreach (var part in new[] { "master", "serve" })
            Assert.Contains($"{part}/additional_chat_templates/tools.jinja", round.Catalog.Read("v0001").Files.Keys);
    }

    [Fact]
    public async Task An_ended_round_keeps_counts_and_ids_but_nothing_that_was_said()
    {
        using var round = new RoundFixture();
        await round.RunAsync();
        var files = Directory.EnumerateFileSystemEntries(round.First, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(round.First, path)).ToArray();
        Assert.DoesNotContain(files, path => path.Contains("state") || path.Contains("reference") || path.Contains("pairs"));
        Assert.Contains(Path.Combine("experts", "ar", "adapter", "adapter_model.safetensors"), files);
        var counts = new RoundFolder(round.First, _ => { }).Read<RoundCounts>("counts");
        Assert.Equal((48, 48, 48L), (counts.Votes, counts.Training + counts.HeldOut, counts.Through));
        Assert.Equal(round.Catalog.Read("v0001").Votes, counts.VoteIds);
    }

    static PreferencePair Pair(string id, string prompt) =>
        new(id, prompt, "en", [], [1], [2], [3], 1, "v1", "voter");

    static float[] Values(IWeightSource source, string name)
    {
        var values = new float[source.Tensors[name].Elements];
        source.Read(name, 0, values);
        return values;
    }

    static void Add(SafetensorsFile adapter, string name, double[] sum, double scale)
    {
        var module = "base_model.model." + name[..^".weight".Length];
        if (!adapter.Tensors.ContainsKey(module + ".lora_A.weight")) return;
        var (a, b) = (Values(adapter, module + ".lora_A.weight"), Values(adapter, module + ".lora_B.weight"));
        var rank = (int)adapter.Tensors[module + ".lora_A.weight"].Shape[0];
        var columns = a.Length / rank;
        for (var i = 0; i < sum.Length; i++)
            for (var r = 0; r < rank; r++) sum[i] += scale * b[i / columns * rank + r] * a[r * columns + i % columns];
    }
}
