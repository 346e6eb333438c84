// The quality of retrieval on public question sets with a known right paragraph: measured, printed, and held to limits.
using System.Text.Json;
using Majlis.Rag;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Rag;

public sealed class RetrievalQualityTests(ITestOutputHelper output)
{
    const int Depth = 10;

    [Theory]
    [InlineData("xquad/xquad.en.json", 0.98)]
    [InlineData("xquad/xquad.ar.json", 0.975)]
    [InlineData("arcd/arcd-test.json", 0.93)]
    [InlineData("arcd/arcd-train.json", 0.945)]
    public void The_right_paragraph_is_among_the_first_five(string set, double least)
    {
        var (passages, questions) = Read(Shared.Require(Shared.Data("data", set)));
        using var index = new PassageIndex(passages);
        var ranks = questions.Select(question => Rank(index, question.Text, question.Paragraph)).ToList();
        double Recall(int depth) => ranks.Count(rank => rank <= depth) / (double)ranks.Count;
        var reciprocal = ranks.Average(rank => rank <= Depth ? 1.0 / rank : 0);
        output.WriteLine(
            $"{set}: {index.Count} paragraphs, {ranks.Count} questions, recall@1 {Recall(1):0.000}, recall@3 {Recall(3):0.000}, "
            + $"recall@5 {Recall(5):0.000}, MRR@{Depth} {reciprocal:0.000}");
        Assert.True(Recall(5) >= least, $"{set}: recall@5 is {Recall(5):0.000}, below {least:0.000}");
    }

    static int Rank(PassageIndex index, string question, int paragraph)
    {
        var found = index.Search(question, Depth).ToList();
        var at = found.FindIndex(passage => passage.Passage.File == $"{paragraph}");
        return at < 0 ? int.MaxValue : at + 1;
    }

    static (List<Passage> Passages, List<(string Text, int Paragraph)> Questions) Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var passages = new List<Passage>();
        var questions = new List<(string, int)>();
        var articles = document.RootElement.GetProperty("data").EnumerateArray();
        foreach (var paragraph in articles.SelectMany(article => article.GetProperty("paragraphs").EnumerateArray()))
        {
            var place = passages.Count;
            passages.Add(new Passage($"{place}#1", "", paragraph.GetProperty("context").GetString()!, $"{place}", 0));
            var asked = paragraph.GetProperty("qas").EnumerateArray();
            questions.AddRange(asked.Select(item => (item.GetProperty("question").GetString()!, place)));
        }
        return (passages, questions);
    }
}
