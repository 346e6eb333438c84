// Nothing that is held out is in training: no wording, no name, no invented word, no document, no sum.
using System.Text.Json;
using System.Text.RegularExpressions;
using Majlis.recipes.starter;
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Grammar;
using Majlis.recipes.starter.Kinds;
using Majlis.recipes.starter.Rows;
using Majlis.recipes.starter.Words;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.recipes;

public sealed partial class StarterHeldOutTests
{
    static readonly string[] kinds = ["frames", "questions", "dialogue", "facts", "arithmetic", "instructions", "names"];

    [Fact]
    public void The_committed_items_are_those_that_the_generator_makes()
    {
        var committed = File.ReadLines(Path.Combine(Shared.Root, "recipes", "starter", "held-out", "items.jsonl"));
        Assert.Equal(HeldOutItems.Make().Select(item => JsonSerializer.Serialize(item, JsonLines.Options)), committed);
    }

    [Fact]
    public void Committed_items_are_read_as_they_were_written()
    {
        var read = HeldOutItems.Read();
        Assert.Equal(520, read.Count);
        Assert.Equal(HeldOutItems.Make().Select(item => JsonSerializer.Serialize(item, JsonLines.Options)),
            read.Select(item => JsonSerializer.Serialize(item, JsonLines.Options)));
    }

    [Fact]
    public void No_wording_and_no_name_is_on_both_sides()
    {
        foreach (var language in Names.Languages)
            foreach (var kind in kinds)
            {
                var training = Parts(Split.Training, kind, language).ToHashSet();
                if (kind is "instructions" or "facts") training.UnionWith(Parts(Split.Replay, kind, language));
                Assert.DoesNotContain(Parts(Split.HeldOut, kind, language), training.Contains);
            }
    }

    [Fact]
    public void No_invented_word_is_on_both_sides()
    {
        foreach (var language in Names.Languages)
            for (var index = 0; index < 3000; index++)
            {
                Assert.False(InventedWords.IsHeldOut(InventedWords.Next(Chance.Of(1, index), language, Split.Training)));
                Assert.True(InventedWords.IsHeldOut(InventedWords.Next(Chance.Of(1, index), language, Split.HeldOut)));
            }
    }

    [Fact]
    public void No_word_of_the_vocabulary_that_training_uses_is_held_out()
    {
        foreach (var language in Names.Languages)
        {
            var (vocabulary, names) = (new VocabularyWords(language), new World(language, Split.HeldOut).WrittenNames.ToHashSet());
            for (var index = 0; index < 20_000; index++)
            {
                var word = vocabulary.Next(Chance.Of(1, index));
                Assert.False(InventedWords.IsHeldOut(word), word);
                Assert.DoesNotContain(word, names);
            }
        }
    }

    [Fact]
    public void No_document_and_no_question_of_training_is_held_out()
    {
        var mixture = Mixture.Named("base");
        var training = Enumerable.Range(0, 20_000).Select(index => mixture.Draw(1, index)).ToList();
        var documents = training.SelectMany(item => item.Documents).Select(passage => passage.Text).ToHashSet();
        var questions = training.Select(item => item.Question).ToHashSet();
        Assert.All(HeldOutItems.Read(), item =>
        {
            Assert.DoesNotContain(item.Documents, passage => documents.Contains(passage.Text));
            Assert.DoesNotContain(item.Question, questions);
        });
    }

    [Fact]
    public void No_sum_and_no_difference_of_training_is_held_out()
    {
        foreach (var item in HeldOutItems.Read().Where(item => item.Kind == "arithmetic" && !item.Elaborate.Contains('×')))
            Assert.True(Operands(item) is var (a, b) && ArithmeticTask.IsHeldOut(a, b), item.Question);
    }

    // The two numbers of the question in its order: "take 7 from 16" is 16 - 7.
    static (int A, int B) Operands(Item item)
    {
        var numbers = Number().Matches(item.Question).Select(match => int.Parse(match.Value, null)).ToList();
        return (numbers[0], numbers[1]);
    }

    /// <summary>The texts of a file without choices; names one by one.</summary>
    static IEnumerable<string> Parts(Split split, string kind, Language language) =>
        Section.Of(split, kind, language).SelectMany(section => section.Texts)
            .SelectMany(text => kind == "names" ? text.Split(" | ") : [text]).Where(text => text != "{q}");

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
