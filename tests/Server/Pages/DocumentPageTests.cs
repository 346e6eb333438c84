// Documents on the chat's page: dropped, chosen and pasted, cut into passages, sent with each question, refused, and harmless.
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Pages;

public sealed class DocumentPageTests : IAsyncLifetime
{
    readonly TemporaryFolder folder = new();
    ScriptedChat chat = null!;

    public async ValueTask InitializeAsync() => chat = await ScriptedChat.StartAsync(_ => [ScriptedChat.Says("Read.")]);

    public async ValueTask DisposeAsync()
    {
        await chat.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_dropped_file_becomes_passages_that_go_with_every_question_until_they_are_removed()
    {
        await using var browser = await ChatPage.OpenAsync(chat.Address, "en");
        await browser.SeesAsync("!at('work').hidden");
        const string Bees = "# Bees\r\n\r\n## Honey\r\n\r\nBees make honey.\r\nIt keeps.\r\n\r\n\r\nWax is made, too.\r\n";
        await browser.DropAsync(File("bees.md", Bees), File("خبز.txt", "يُخبز الخبز في الفرن."));
        await browser.SeesAsync("plain(says('document-news')) === 'خبز.txt: passages added: 1.'");
        string[] passages = ["# Bees\n## Honey\nBees make honey.\nIt keeps.", "Wax is made, too.", "يُخبز الخبز في الفرن."];
        Assert.Equal(passages, Texts(await browser.ReadAsync("texts('#passages p')")));
        await browser.AskAsync("What do bees make?");
        var sent = Sent();
        Assert.Equal(passages, sent.Select(document => (string)document!["text"]!));
        Assert.Equal(["bees.md", "bees.md", "خبز.txt"], sent.Select(document => (string)document!["title"]!));
        Assert.Equal(3, sent.Select(document => (string)document!["id"]!).Distinct().Count());

        await browser.ClickAsync("[aria-label='Remove passage 2: \u2068bees.md\u2069']");
        await browser.SeesAsync("all('#passages li').length === 2 && document.activeElement.ariaLabel.startsWith('Remove passage 2: ')");
        await browser.AskAsync("And now?");
        Assert.Equal([passages[0], passages[2]], Sent().Select(document => (string)document!["text"]!));
        Assert.Equal(["user", "assistant", "user"], chat.Asked.Last()["messages"]!.AsArray().Select(turn => (string)turn!["role"]!));
        await browser.ClickAsync("#remove-all");
        await browser.AskAsync("And without?");
        Assert.Null(chat.Asked.Last()["documents"]);
    }

    [Fact]
    public async Task Chosen_files_and_pasted_texts_are_passages_as_well_and_long_ones_are_cut_at_sentences()
    {
        await using var browser = await ChatPage.OpenAsync(chat.Address, "ar");
        await browser.SeesAsync("!at('work').hidden");
        var sentence = "هذه جملة عن النحل والعسل. ";
        await browser.TypeAsync("#files", File("long.txt", string.Concat(Enumerable.Repeat(sentence, 60))));
        await browser.SeesAsync("all('#passages li').length === 2");
        Assert.All(Texts(await browser.ReadAsync("texts('#passages p')")), text =>
        {
            Assert.InRange(text.Length, 500, 1000);
            Assert.EndsWith("العسل.", text, StringComparison.Ordinal);
        });
        await browser.RunAsync("document.querySelector('aside details').open = true");
        await browser.TypeAsync("#pasted", "Pasted here.");
        await browser.ClickAsync("#paste button");
        await browser.SeesAsync("texts('#passages p')[2] === 'Pasted here.' && at('pasted').value === ''");
        await browser.AskAsync("ما هذا؟");
        Assert.Equal("نص ملصق", (string)Sent()[2]!["title"]!);
    }

    [Fact]
    public async Task What_is_not_taken_whole_is_not_taken_and_told_by_name()
    {
        await using var browser = await ChatPage.OpenAsync(chat.Address, "en");
        await browser.SeesAsync("!at('work').hidden");
        await browser.DropAsync(File("picture.png", "x"), File("large.txt", new string('x', 256 * 1024 + 1)), File("empty.md", " \n "),
            File("many.txt", string.Concat(Enumerable.Range(0, 201).Select(i => $"{i}\n\n"))), File("zero.txt", "a\0b"),
            Path.Combine(folder.Path, Bytes("windows.txt", [0xE3, 0xD1, 0xCD, 0xC8, 0xC7])), File("good.txt", "Taken."));
        await browser.SeesAsync("all('#passages li').length === 1");
        Assert.Equal(
        [
            "picture.png: only .txt and .md files are read.", "large.txt: larger than 256 KB.", "empty.md: has no text.",
            "many.txt: has 201 passages, more than 200 in all.", "zero.txt: not a text in UTF-8.", "windows.txt: not a text in UTF-8.",
        ], Texts(await browser.ReadAsync("texts('#document-refusals li').map(plain)")));
    }

    [Fact]
    public async Task Hostile_names_texts_questions_and_answers_stay_text()
    {
        const string Markup = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script></p><b>bold</b>";
        await using var hostile = await ScriptedChat.StartAsync(body =>
        [
            ScriptedChat.Says(Markup),
            ScriptedChat.Cites(0, 10, new JsonObject { ["id"] = Markup, ["title"] = Markup, ["text"] = Markup }),
        ]);
        await using var browser = await ChatPage.OpenAsync(hostile.Address, "en");
        await browser.SeesAsync("!at('work').hidden");
        await browser.DropAsync(File("<b onclick=x>.txt", Markup));
        await browser.SeesAsync("all('#passages li').length === 1");
        await browser.AskAsync(Markup);
        await browser.ClickAsync(".source");
        await browser.SeesAsync("!all('.passage')[0].hidden");
        Assert.Equal([Markup, Markup, Markup, "<b onclick=x>.txt"], Texts(await browser.ReadAsync(
            "[...texts('#passages p'), ...texts('.you .text'), ...texts('.passage p'), ...texts('#passages bdi')]")));
        Assert.Equal(0, (int)(await browser.ReadAsync("all('img, b, .turn script, aside script').length"))!);
        Assert.Equal("مجلس · Majlis", (string?)await browser.RunAsync("return document.title"));
        // And no script could do otherwise.
        Assert.True((bool)(await browser.RunAsync("""
            try { document.createElement('p').innerHTML = '<b>'; return false; }
            catch (refused) { return refused instanceof TypeError; }
            """))!);
    }

    string File(string name, string text) => Path.Combine(folder.Path, Bytes(name, System.Text.Encoding.UTF8.GetBytes(text)));

    string Bytes(string name, byte[] content)
    {
        System.IO.File.WriteAllBytes(Path.Combine(folder.Path, name), content);
        return name;
    }

    JsonArray Sent() => chat.Asked.Last()["documents"]!.AsArray();

    static string[] Texts(JsonNode? texts) => [.. texts!.AsArray().Select(text => (string)text!)];
}
