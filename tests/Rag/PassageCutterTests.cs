// Cutting a text loses nothing, and every offset is correct.
using Majlis.Rag;
using Majlis.tests.Feedback;
using Xunit;

namespace Majlis.tests.Rag;

public sealed class PassageCutterTests
{
    [Fact]
    public void Cutting_loses_nothing_but_white_space_and_never_splits_a_character()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Generator(seed);
            var text = random.NextText(random.Next(4000));
            var at = 0;
            foreach (var span in PassageCutter.Cut(text))
            {
                var (start, length) = span.GetOffsetAndLength(text.Length);
                Assert.True(string.IsNullOrWhiteSpace(text[at..start]));
                Assert.InRange(length, 1, PassageCutter.Most);
                Assert.False(char.IsLowSurrogate(text[start]) || char.IsHighSurrogate(text[start + length - 1]));
                at = start + length;
            }
            Assert.True(string.IsNullOrWhiteSpace(text[at..]));
        }
    }

    [Fact]
    public void Long_texts_are_cut_between_paragraphs_or_sentences()
    {
        var sentence = string.Concat(Enumerable.Repeat("word ", 30)).Trim() + ". ";
        var text = string.Concat(Enumerable.Repeat(sentence, 5)) + "\n\n" + string.Concat(Enumerable.Repeat(sentence, 9));
        var passages = PassageCutter.Cut(text).Select(span => text[span]).ToList();
        Assert.Equal(3, passages.Count);
        Assert.All(passages, passage => Assert.EndsWith("word.", passage, StringComparison.Ordinal));
        Assert.Equal(5, passages[0].Split('.').Length - 1);
    }
}
