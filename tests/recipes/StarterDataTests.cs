// The starter's data: the same from the same seed, right by its own checks, in equal parts, with nothing held out in training.
using Majlis.recipes.starter;
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Grammar;
using Majlis.recipes.starter.Kinds;
using Majlis.recipes.starter.Kinds.Documents;
using Majlis.recipes.starter.Rows;
using Majlis.recipes.starter.Scoring;
using Majlis.Text.Chat;
using Xunit;

namespace Majlis.tests.recipes;

public sealed class StarterDataTests
{
    const ulong Seed = 7;

    public static TheoryData<string> Mixtures => ["copy", "lookup", "base", "cite", "base-on", "refuse", "sft", "en", "ar", "votes"];

    static List<Item> Items(string name, int count)
    {
        var mixture = Mixture.Named(name);
        return [.. Enumerable.Range(0, count).Select(index => mixture.Draw(Seed, index))];
    }

    [Theory, MemberData(nameof(Mixtures))]
    public void Brief_and_elaborate_answers_are_right_and_wrong_ones_are_not(string mixture)
    {
        foreach (var item in Items(mixture, 1500))
        {
            Assert.All([item.Brief, item.Elaborate], answer => Assert.True(IsGood(item, answer), $"{item.Question}\n{answer}"));
            Assert.All(item.Wrong, answer => Assert.False(IsGood(item, answer), $"{item.Question}\n{answer}"));
        }
    }

    [Fact]
    public void A_seed_gives_the_same_rows_and_another_seed_others()
    {
        var rows = Questions(Seed);
        Assert.Equal(rows, Questions(Seed));
        Assert.True(rows.Intersect(Questions(Seed + 1)).Count() < rows.Count / 2);

        static List<string> Questions(ulong seed) =>
            [.. TrainingRows.Conversations(Mixture.Named("sft"), seed, 200).Select(row => row.Messages.ToJsonString())];
    }

    [Fact]
    public void Languages_are_equal_parts_and_styles_about_half_and_half()
    {
        var items = Items("sft", 2000);
        Assert.Equal(1000, items.Count(item => item.Language == Language.Arabic));

        var answers = TrainingRows.Conversations(Mixture.Named("sft"), Seed, 2000).Select(row => MessageContent.TextOf(row.Messages[^1]));
        var styles = items.Zip(answers, Scoreboard.IsBrief).OfType<bool>().ToList();
        Assert.True(styles.Count > 1900, "the styles can be told apart");
        Assert.InRange(styles.Count(brief => brief), styles.Count * 0.46, styles.Count * 0.54);
    }

    [Theory]
    [InlineData(Language.English)]
    [InlineData(Language.Arabic)]
    public void A_question_about_a_relation_has_thirty_wordings_and_more(Language language)
    {
        var frames = new QuestionFrames(language, Split.Training);
        Assert.All(Relation.All(language, Split.Training), relation => Assert.True(frames.Wordings(relation) >= 30, relation.Name));
    }

    [Fact]
    public void Pairs_are_right_against_wrong_in_one_style()
    {
        var items = Items("sft", 1200).GroupBy(item => item.Question + item.DocumentsJson?.ToJsonString())
            .ToDictionary(same => same.Key, same => same.First());
        var pairs = TrainingRows.Pairs(Mixture.Named("sft"), Seed, 400).ToList();
        var longer = pairs.Count(pair => Texts.Sentences(Text(pair.Chosen)).Count > Texts.Sentences(Text(pair.Rejected)).Count);
        Assert.True(longer < 0.2 * pairs.Count, $"{longer} chosen answers have more sentences");
        Assert.All(pairs, pair =>
        {
            var item = items[MessageContent.TextOf(pair.Prompt[^1]) + pair.Documents?.ToJsonString()];
            Assert.True(IsGood(item, Text(pair.Chosen)));
            Assert.False(IsGood(item, Text(pair.Rejected)));
        });

        static string Text(System.Text.Json.Nodes.JsonArray answer) => MessageContent.TextOf(answer[0]);
    }

    [Fact]
    public void A_few_conversations_begin_with_a_system_message_and_all_end_with_an_answer()
    {
        var rows = TrainingRows.Conversations(Mixture.Named("sft"), Seed, 1000).ToList();
        Assert.InRange(rows.Count(row => (string?)row.Messages[0]!["role"] == "system"), 30, 100);
        Assert.All(rows, row => Assert.Equal("assistant", (string?)row.Messages[^1]!["role"]));
    }

    [Fact]
    public void The_mixture_of_a_wrong_name_is_refused_by_name() =>
        Assert.Contains("'bass'", Assert.Throws<ArgumentException>(() => Mixture.Named("bass")).Message, StringComparison.Ordinal);

    static bool IsGood(Item item, string answer) => item.Check.Judge(answer, item) is { IsRight: true, Citation: not false };
}
