// Votes become pairs, counted exclusions and bounded weights.
using Majlis.Feedback.Pairs;
using Majlis.Feedback.Votes;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class PairTests
{
    static readonly PairOptions all = new() { HeldOutPercent = 0, VoterShare = 1 };

    [Theory]
    [InlineData(Verdict.A)]
    [InlineData(Verdict.B)]
    public void The_preferred_side_is_chosen(Verdict verdict)
    {
        var vote = Stored(1, verdict);
        var pair = Assert.Single(PreferencePairs.Build([vote], all).Training);
        var (best, other) = verdict == Verdict.A ? (vote.Battle.A, vote.Battle.B) : (vote.Battle.B, vote.Battle.A);
        Assert.Equal((best.Version, "b1", 2.0), (pair.Version, pair.Id, pair.Weight));
        Assert.Same(best.CompletionTokens, pair.Chosen);
        Assert.Same(other.CompletionTokens, pair.Rejected);
        Assert.Same(best.PromptTokens, pair.Prompt);
    }

    [Fact]
    public void Every_vote_is_a_pair_or_counted_under_its_reason()
    {
        StoredVote[] votes =
        [
            Stored(1, Verdict.A), Stored(2, Verdict.Tie), Stored(3, Verdict.Skip), Stored(4, Verdict.BothBad),
            Stored(5, Verdict.A, b: Some.Side(9, "  \n")),
            Stored(6, Verdict.A, b: Some.Side(9, "x") with { CompletionTokens = [], LogProbabilities = [] }),
            Stored(7, Verdict.A, b: Some.Side(1, "Eight!")), Stored(8, Verdict.A, b: Some.Side(9, "I'm ChatGPT, made by OpenAI.")),
            Stored(9, Verdict.A, b: Some.Side(9, "x") with { PromptTokens = [1] }),
            Sides(10, prompt: 40, [1, 2], [3, 4]),
        ];
        var set = PreferencePairs.Build(votes, all with { MaxLength = 40 });
        Assert.Single(set.Training);
        Assert.Equal(votes.Length, set.Training.Length + set.Excluded.Values.Sum());
        Assert.Equal(2, set.Excluded[Exclusion.EmptyCompletion]);
        var once = Enum.GetValues<Exclusion>().Except([Exclusion.EmptyCompletion]).ToArray();
        Assert.All(once, reason => Assert.Equal(1, set.Excluded[reason]));
    }

    [Theory]
    [InlineData(35, 25, Exclusion.NearIdentical)] // the same up to the cut
    [InlineData(40, 24, Exclusion.NearIdentical)] // one token of 20 differs, and 20 are trained on
    [InlineData(60, 20, null)]
    [InlineData(30, 30, Exclusion.PromptTooLong)]
    [InlineData(29, 30, Exclusion.PromptTooLong)]
    [InlineData(null, 30, null)]
    public void Sides_are_compared_as_they_are_trained_on(int? most, int prompt, Exclusion? expected)
    {
        int[] same = [.. Enumerable.Range(100, 19)];
        var vote = Sides(1, prompt, [.. same, .. Enumerable.Range(500, 40)], [.. same, .. Enumerable.Range(900, 40)]);
        var set = PreferencePairs.Build([vote], all with { MaxLength = most, NearIdentical = 0.2 });
        Assert.Equal(expected is null ? [] : [expected.Value], set.Excluded.Keys);
        Assert.Equal(expected is null ? 1 : 0, set.Training.Length);
    }

    [Fact]
    public void A_pair_to_be_judged_is_compared_whole()
    {
        var vote = Sides(1, prompt: 25, [.. Enumerable.Range(100, 40), 1], [.. Enumerable.Range(100, 40), 2, 3, 4, 5, 6, 7, 8, 9]);
        Assert.Single(PreferencePairs.Build([vote], all with { MaxLength = 30, HeldOutPercent = 100 }).HeldOut);
        Assert.Empty(PreferencePairs.Build([vote], all with { MaxLength = 30 }).Training);
    }

    [Fact]
    public void The_cap_on_a_voter_is_of_what_is_trained_on()
    {
        // All but one of the loud voter's pairs are equal once cut. If they were weighed, the one left would count next to nothing.
        var cut = Enumerable.Range(0, 50).Select(i => Sides(i, prompt: 10, [1, 2, 3, i + 9], [1, 2, 3, 4], "loud"));
        var quiet = Enumerable.Range(51, 40).Select(i => Sides(i, 10, [1], [2], $"v{i}"));
        var votes = cut.Append(Sides(50, 10, [1, 2], [3, 4], "loud")).Concat(quiet);
        var set = PreferencePairs.Build(votes, all with { VoterShare = 0.05, MaxLength = 13 });
        Assert.Equal(50, set.Excluded[Exclusion.NearIdentical]);
        Assert.All(set.Training, pair => Assert.Equal(2, pair.Weight));
    }

    [Fact]
    public void Held_out_prompts_are_drawn_by_hash_and_stay_drawn()
    {
        var votes = Enumerable.Range(0, 400).Select(i => Stored(i, Verdict.A, prompt: $"question {i / 2}")).ToList();
        var set = PreferencePairs.Build(votes, all with { HeldOutPercent = 25, Seed = 3 });
        Assert.Empty(set.Training.Select(pair => pair.PromptHash).Intersect(set.HeldOut.Select(pair => pair.PromptHash)));
        Assert.InRange(set.HeldOut.Length, 60, 140);
        var later = PreferencePairs.Build(votes.Take(100), all with { HeldOutPercent = 25, Seed = 3 });
        Assert.Equal(later.HeldOut.Select(pair => pair.Id), set.HeldOut.Select(pair => pair.Id).Take(later.HeldOut.Length));
        var other = PreferencePairs.Build(votes, all with { HeldOutPercent = 25, Seed = 4 });
        Assert.NotEqual(set.HeldOut.Select(pair => pair.Id), other.HeldOut.Select(pair => pair.Id));
    }

    [Fact]
    public void Doubts_halve_a_weight_and_are_counted_and_scripts_are_not_doubted_for_speed()
    {
        var hasty = Stored(1, Verdict.A) with { Marks = new GateMarks(50, true) };
        hasty = hasty with { Vote = hasty.Vote with { DwellMs = 200, RevealedBeforeVote = true } };
        var script = hasty with { Number = 2, Vote = hasty.Vote with { VoterKind = VoterKinds.Scripted } };
        var set = PreferencePairs.Build([hasty, script], all);
        Assert.Equal([2.0 / 16, 2.0 / 4], set.Training.Select(pair => pair.Weight));
        Assert.Equal(2, set.Doubts[Doubt.DuplicatePrompt]);
        Assert.Equal(1, set.Doubts[Doubt.TooFast]);
    }

    [Fact]
    public void No_voter_holds_more_than_his_share()
    {
        var votes = Enumerable.Range(0, 130).Select(i => Stored(i, Verdict.A, voter: i < 100 ? "loud" : $"v{i}", prompt: $"q{i}")).ToList();
        var set = PreferencePairs.Build(votes, all with { VoterShare = 0.05 });
        var weights = set.Training.GroupBy(pair => pair.Voter).ToDictionary(voter => voter.Key, voter => voter.Sum(pair => pair.Weight));
        Assert.True(set.ShareCapHolds);
        Assert.Equal((31, true), (set.Voters, set.EnoughVoters));
        Assert.Equal(0.05, weights["loud"] / weights.Values.Sum(), 9);
        Assert.Equal(2, weights["v100"]);
    }

    [Fact]
    public void Too_few_voters_for_the_share_are_made_equal_and_that_is_said()
    {
        var votes = Enumerable.Range(0, 12).Select(i => Stored(i, Verdict.A, voter: i < 9 ? "loud" : "quiet")).ToList();
        var set = PreferencePairs.Build(votes, all with { VoterShare = 0.05 });
        Assert.False(set.ShareCapHolds || set.EnoughVoters);
        var weights = set.Training.ToLookup(pair => pair.Voter, pair => pair.Weight);
        Assert.Equal(weights["loud"].Sum(), weights["quiet"].Sum(), 9);
    }

    [Theory]
    [InlineData("I am Claude.", true)]
    [InlineData("Hello! I'm an assistant developed by Hugging Face.", true)]
    [InlineData("أنا نموذج لغوي طورته Cohere", true)]
    [InlineData("أَنَا ChatGPT", true)]
    [InlineData("أنا كلود، نموذج من أنثروبيك", true)]
    [InlineData("أنا نموذج لغوي كبير، تم تدريبي بواسطة جوجل", true)]
    [InlineData("اسمي جيميني", true)]
    [InlineData("اِسْمي جـيـمـيـنـي.", true)]
    [InlineData("أنا شات جي‌بي‌تي", true)]
    [InlineData("نعم، وأنا كـChatGPT أجيب", true)]
    [InlineData("لقد طوّرتني شركة كوهير", true)]
    [InlineData("أدعى ديب سيك وأساعدك", true)]
    [InlineData("أنا نموذج تابع لجوجل", true)]
    [InlineData("أنا مساعد يشبه الجيميني، وغوغل لا تعرفني", true)]
    [InlineData("أنا من گوگل", true)]
    [InlineData("قامت شركة جوجل بتطويري", true)]
    [InlineData("أوبن إيه آي هي التي دربتني", true)]
    [InlineData("تم تطويري من قبل ميتا", true)]
    [InlineData("OpenAI created me in 2022.", true)]
    [InlineData("Google has built a phone. It made me laugh.", false)]
    [InlineData("ﺃﻧﺎ ﻛﻠﻮﺩ", true)]
    [InlineData("\u202Bأنا\u202C \u200Fكلود\u200F", true)]
    [InlineData("I am ＣｈａｔＧＰＴ", true)]
    [InlineData("أنا أرى أن الجواب ثلاثة، أيا كان السائل", false)]
    [InlineData("أنا لا أعلم علام تسأل", false)]
    [InlineData("أطلقت جوجل نموذج جيميني في عام ٢٠٢٣", false)]
    [InlineData("أنا أحب الشعر. كلود مونيه رسام.", false)]
    [InlineData("As SmolLM would say, no.", false)]
    [InlineData("ChatGPT was released in 2022 and I am not sure of the day.", false)]
    [InlineData("I am fond of llamas.", false)]
    public void Identity_leaks_are_first_person(string answer, bool leaks) => Assert.Equal(leaks, new IdentityLeak([]).In(answer));

    [Fact]
    public void Nearness_is_the_edit_distance_of_tokens()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Generator(seed);
            int[] a = [.. Enumerable.Range(0, random.Next(30)).Select(_ => random.Next(3))];
            int[] b = [.. a.Where(_ => random.Next(8) != 0).Select(id => random.Next(8) == 0 ? random.Next(3) : id)];
            var expected = Distance(a, b) <= Math.Floor(0.2 * Math.Max(a.Length, b.Length));
            Assert.Equal(expected, NearIdentical.Are(a, b, 0.2));
        }
    }

    static int Distance(int[] a, int[] b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            for (var j = 0; j <= b.Length; j++)
                table[i, j] = i == 0 || j == 0 ? i + j
                    : Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
        return table[a.Length, b.Length];
    }

    static StoredVote Sides(int number, int prompt, int[] a, int[] b, string voter = Some.Rater)
    {
        var vote = Stored(number, Verdict.A, prompt: $"q{number}", voter: voter);
        BattleSide Side(BattleSide side, int[] tokens) => side with
        {
            PromptTokens = [.. Enumerable.Range(0, prompt)],
            CompletionTokens = tokens,
            LogProbabilities = new float[tokens.Length],
        };
        return vote with { Battle = vote.Battle with { A = Side(vote.Battle.A, a), B = Side(vote.Battle.B, b) } };
    }

    static StoredVote Stored(int number, Verdict verdict, BattleSide? b = null, string prompt = "How many?", string voter = Some.Rater)
    {
        var battle = Some.Battle($"b{number}", voter, prompt);
        return new StoredVote(number, battle with { B = b ?? battle.B }, Some.Vote(battle.Id, verdict, voter), Some.Now);
    }
}
