// Citations on the chat's page: the spans marked, the numbers that open their passages, by mouse and by keyboard, and what offsets count.
using System.Text.Json.Nodes;
using Majlis.tests.Server.Citations;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Pages;

public sealed class CitationPageTests
{
    [Fact]
    public async Task A_cited_span_is_marked_and_its_number_opens_the_passage_and_points_at_it_in_the_list()
    {
        // Offsets count code points: the bee is one, its UTF-16 units are two.
        const string Text = "🐝 العسل من النحل، والخبز من القمح.";
        await using var chat = await ScriptedChat.StartAsync(body =>
        [
            ScriptedChat.Says(Text[..12]), ScriptedChat.Cites(2, 16, Document(body, 1)), ScriptedChat.Says(Text[12..]),
            ScriptedChat.Cites(18, 33, Document(body, 0), Document(body, 1)),
        ]);
        await using var browser = await OpenAsync(chat.Address, "ar");
        await browser.AskAsync("من أين؟");
        Assert.Equal(["العسل من النحل", "والخبز من القمح"], await TextsAsync(browser, "mark"));
        Assert.Equal(["2", "1", "2"], await TextsAsync(browser, ".source"));
        Assert.Equal("🐝 العسل من النحل2، والخبز من القمح12.", (string?)await browser.ReadAsync("texts('.turn.model .text')[0]"));
        Assert.Equal("المصدر 2: نص ملصق", (string?)await browser.ReadAsync("plain(all('.source')[0].ariaLabel)"));

        await browser.ClickAsync(".source");
        await browser.SeesAsync("document.activeElement === all('.passage')[0] && texts('.passage p')[0] === 'Bees make honey.'");
        await browser.SeesAsync("all('.source')[0].ariaExpanded === 'true' && all('.source')[1].ariaExpanded === 'false'");
        await browser.SeesAsync("texts('#passages .cited p').join() === 'Bees make honey.'");
        await browser.SeesAsync("all('.source')[0].getAttribute('aria-controls') === all('.passage')[0].id");
        await browser.ClickAsync(".source:nth-of-type(2)");
        await browser.SeesAsync("texts('.passage p')[0] === 'Bread is wheat.' && texts('#passages .cited p').join() === 'Bread is wheat.'");
        await browser.ClickAsync("#remove-all");
        await browser.SeesAsync("all('#passages li').length === 0 && texts('.passage p')[0] === 'Bread is wheat.'");
        await browser.ClickAsync(".passage button");
        await browser.SeesAsync("all('.passage')[0].hidden && document.activeElement === all('.source')[1]");
    }

    [Fact]
    public async Task By_the_keyboard_alone_a_text_is_pasted_asked_about_and_its_source_opened_and_closed()
    {
        await using var chat = await ScriptedChat.StartAsync(body =>
            [ScriptedChat.Says("Honey keeps."), ScriptedChat.Cites(0, 5, Document(body, 0))]);
        await using var browser = await ChatPage.OpenAsync(chat.Address, "en");
        await browser.SeesAsync("!at('work').hidden");
        await TabToAsync(browser, "document.activeElement.textContent === 'Paste text'");
        await browser.PressAsync(Browser.Enter, Browser.Tab, "Honey keeps for years.", Browser.Tab, Browser.Enter);
        await browser.SeesAsync("all('#passages li').length === 1");
        await TabToAsync(browser, "document.activeElement === at('prompt')");
        await browser.PressAsync("Does honey keep?", Browser.Enter);
        await browser.SeesAsync("!at('send').disabled && all('.source').length === 1");
        await TabToAsync(browser, "document.activeElement.className === 'source'");
        await browser.PressAsync(Browser.Enter);
        await browser.SeesAsync("document.activeElement.className === 'passage' && document.activeElement.ariaLabel.includes('Passage 1')");
        await browser.PressAsync(Browser.Escape);
        await browser.SeesAsync("all('.passage')[0].hidden && document.activeElement.className === 'source'");
        await browser.PressAsync(Browser.Enter);
        await TabToAsync(browser, "document.activeElement.textContent === 'Close'");
        await browser.PressAsync(Browser.Enter);
        await browser.SeesAsync("all('.passage')[0].hidden && document.activeElement.className === 'source'");
    }

    [Fact]
    public async Task Spans_may_nest_come_early_come_late_and_cite_what_the_server_found_itself()
    {
        var found = new JsonObject { ["id"] = "guide.md:3", ["title"] = "guide.md", ["text"] = "Found by the server." };
        await using var chat = await ScriptedChat.StartAsync(_ =>
        [
            ScriptedChat.Cites(4, 7, found), ScriptedChat.Says("one"), ScriptedChat.Says(" two"), ScriptedChat.Says(" three"),
            ScriptedChat.Cites(0, 13, found), ScriptedChat.Cites(8, 13, found), ScriptedChat.Cites(40, 50, found), ScriptedChat.Says("."),
        ]);
        await using var browser = await ChatPage.OpenAsync(chat.Address, "en");
        await browser.AskAsync("Which?");
        Assert.Equal(["one ", "two", " ", "three"], await TextsAsync(browser, "mark"));
        Assert.Equal("one two1 three11.1", (string?)await browser.ReadAsync("texts('.turn.model .text')[0]"));
        await browser.ClickAsync(".source");
        await browser.SeesAsync("texts('.passage p')[0] === 'Found by the server.'");
        await browser.SeesAsync("texts('.passage h3').map(plain)[0] === 'Passage 1: guide.md'");
    }

    [Fact]
    public async Task What_a_model_cites_by_its_own_marks_opens_the_passage_that_was_sent()
    {
        var network = new RecitingNetwork("🐝 <co>Bees make honey</co: 0:[1]>, so it is said.");
        await using var server = await RunningServer.StartAsync(TinyModel.Of(network, template: CitingServer.Template));
        await using var browser = await OpenAsync(server.Address, "en");
        await browser.AskAsync("What do bees make?");
        await browser.SeesAsync("texts('.turn.model .text')[0] === '🐝 Bees make honey2, so it is said.'");
        Assert.Equal(["Bees make honey"], await TextsAsync(browser, "mark"));
        await browser.ClickAsync(".source");
        await browser.SeesAsync("texts('.passage p')[0] === 'Bees make honey.' && all('#passages li')[1].className === 'cited'");
    }

    static async Task<Browser> OpenAsync(Uri server, string language)
    {
        var browser = await ChatPage.OpenAsync(server, language);
        await browser.SeesAsync("!at('work').hidden");
        await browser.RunAsync("document.querySelector('aside details').open = true");
        await browser.TypeAsync("#pasted", "Bread is wheat.\n\nBees make honey.");
        await browser.ClickAsync("#paste button");
        await browser.SeesAsync("all('#passages li').length === 2");
        return browser;
    }

    static async Task TabToAsync(Browser browser, string reached)
    {
        for (var presses = 0; presses < 30; presses++)
        {
            if ((bool)(await browser.ReadAsync(reached))!) return;
            await browser.PressAsync(Browser.Tab);
        }
        Assert.Fail($"not reached by the tab key: {reached}");
    }

    static JsonObject Document(JsonObject body, int index) => body["documents"]![index]!.AsObject();

    static async Task<string[]> TextsAsync(Browser browser, string selector) =>
        [.. (await browser.ReadAsync($"texts('{selector}')"))!.AsArray().Select(text => (string)text!)];
}
