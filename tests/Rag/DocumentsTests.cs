// From a folder of files to a grounded prompt, through a real kernel, with a question in each language.
using System.Text;
using Majlis.Rag;
using Majlis.tests.Support;
using Microsoft.SemanticKernel;
using Xunit;

namespace Majlis.tests.Rag;

public sealed class DocumentsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public DocumentsTests()
    {
        Write("tea.md", "# Tea houses\n\nThe tea house by the harbour opens at seven and serves mint tea with dates.\n");
        Write("law/rent.md", "# Rent\n\nA tenant must be told of a higher rent three months before it is due.\n");
        Write("ar/saffron.txt", "الزعفران نبات بصلي تُستعمل مياسم أزهاره المجففة بهارًا، ويُزرع في إيران والمغرب وإسبانيا.");
        Write("ar/dates.txt", "تتحمل النخلة الملوحة والجفاف، وتثمر التمور في أواخر الصيف.");
        Write("notes.pdf", "saffron saffron saffron");
    }

    [Theory]
    [InlineData("When does the tea house at the harbour open?", "tea.md#1", "Tea houses", "Question: ")]
    [InlineData("How long before must tenants be told of rents that rise?", "law/rent.md#1", "Rent", "Question: ")]
    [InlineData("أين تزرع نبتة الزعفران؟", "ar/saffron.txt#1", "saffron", "السؤال: ")]
    [InlineData("متى يثمر النخل؟", "ar/dates.txt#1", "dates", "السؤال: ")]
    public async Task A_kernel_finds_the_passage_and_the_prompt_holds_it(string question, string id, string title, string label)
    {
        using var index = PassageIndex.FromFolder(folder.Path);
        var kernel = new Kernel();
        kernel.Plugins.AddFromObject(new DocumentsPlugin(index), DocumentsPlugin.Name);

        var found = await kernel.InvokeAsync<IReadOnlyList<GroundingDocument>>(DocumentsPlugin.Name, DocumentsPlugin.Search,
            new KernelArguments { ["question"] = question }, TestContext.Current.CancellationToken);

        Assert.Equal((id, title), (found![0].Id, found[0].Title));
        var prompt = GroundedPrompt.For(question, found);
        Assert.Contains($"<document number=\"1\">\n{title}\n{found[0].Text}\n</document>", prompt, StringComparison.Ordinal);
        Assert.EndsWith(label + question, prompt, StringComparison.Ordinal);
    }

    [Fact]
    public void Diacritics_and_letter_variants_do_not_hide_a_passage()
    {
        using var index = PassageIndex.FromFolder(folder.Path);
        Assert.Equal("ar/saffron.txt", index.Search("إِسْبَانِيا", 1)[0].Passage.File);
        Assert.Equal("ar/saffron.txt", index.Search("اسبانيا", 1)[0].Passage.File);
    }

    [Fact]
    public void Words_that_stand_nowhere_find_nothing_and_syntax_is_just_text()
    {
        using var index = PassageIndex.FromFolder(folder.Path);
        Assert.Empty(index.Search("zyzzyva", 3));
        Assert.Empty(index.Search("?!*", 3));
        Assert.Equal("tea.md", index.Search("tea:(\"house AND [", 3)[0].Passage.File);
        Assert.NotEmpty(index.Search(string.Concat(Enumerable.Repeat("tea house ", 5000)), 3));
    }

    [Theory]
    [InlineData("漢", "")]
    [InlineData("𠀀", "")]
    [InlineData("𠀀", "a")]
    public void A_long_question_whose_every_letter_is_a_word_is_cut_between_letters(string letter, string before)
    {
        using var index = PassageIndex.FromFolder(folder.Path);
        Assert.Empty(index.Search(before + string.Concat(Enumerable.Repeat(letter, 3000)), 3));
        Assert.Equal("tea.md", index.Search($"tea {before}" + string.Concat(Enumerable.Repeat(letter, 3000)), 3)[0].Passage.File);
    }

    [Fact]
    public void A_folder_that_is_not_there_and_a_file_that_is_not_text_are_named()
    {
        Assert.Contains("nowhere", Assert.Throws<DirectoryNotFoundException>(() => PassageIndex.FromFolder(folder.File("nowhere"))).Message,
            StringComparison.Ordinal);
        File.WriteAllBytes(folder.File("latin1.txt"), [.. "caf"u8, 0xE9, .. " noir"u8]);
        var error = Assert.Throws<InvalidDataException>(() => PassageIndex.FromFolder(folder.Path));
        Assert.Contains("latin1.txt is not UTF-8 (first wrong byte at 3)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_folder_has_no_passages_and_finds_none()
    {
        Directory.CreateDirectory(folder.File("empty"));
        using var index = PassageIndex.FromFolder(folder.File("empty"));
        Assert.Equal(0, index.Count);
        Assert.Empty(index.Search("anything", 3));
    }

    public void Dispose() => folder.Dispose();

    void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
        File.WriteAllText(folder.File(name), text, Encoding.UTF8);
    }
}
