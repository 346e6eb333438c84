// How the pages look: nothing that axe (https://github.com/dequelabs/axe-core) finds against accessibility, nothing wider than a small
// phone, nothing from elsewhere. The chat's picture is kept in the folder of MAJLIS_PICTURES where one is named, and taken from the server
// of MAJLIS_PICTURES_SERVER where one is.
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Pages;

public sealed class PageAppearanceTests : IAsyncLifetime
{
    const int LargestPicture = 150 * 1024;

    static readonly string axe = Path.Combine(Shared.Root, "tests", "Clients", "node_modules", "axe-core", "axe.min.js");

    ScriptedChat chat = null!;

    public async ValueTask InitializeAsync() => chat = await ScriptedChat.StartAsync(body =>
        ((string)body["messages"]![0]!["content"]!).Contains('؟', StringComparison.Ordinal)
            ? [ScriptedChat.Says("يقع متحف مولوتو في تبريز."), ScriptedChat.Cites(19, 24, body["documents"]![0]!.AsObject())]
            : [ScriptedChat.Says("Diana Zaydan won it."), ScriptedChat.Cites(0, 12, body["documents"]![1]!.AsObject())]);

    public ValueTask DisposeAsync() => chat.DisposeAsync();

    [Theory]
    [InlineData("ar", 1280, false)]
    [InlineData("en", 1280, true)]
    [InlineData("ar", 360, true)]
    [InlineData("en", 360, false)]
    public async Task Axe_finds_nothing_and_a_small_phone_shows_all(string language, int width, bool dark)
    {
        Assert.SkipUnless(File.Exists(axe), "axe-core is absent from tests/Clients; ./test.sh --install brings it.");
        await using var browser = await ChatPage.OpenAsync(chat.Address, language);
        await TalkAsync(browser, language, width, 800, dark);
        await CheckAsync(browser);
        await browser.GoAsync(new Uri(chat.Address, "/arena"));
        await browser.SeesAsync("!at('work').hidden");
        await CheckAsync(browser);
        await browser.GoAsync(new Uri(chat.Address, "/reference"));
        await browser.SeesAsync("at('endpoints').children.length === 1");
        await CheckAsync(browser);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/arena")]
    [InlineData("/reference")]
    public async Task A_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(string page)
    {
        using var http = new HttpClient { BaseAddress = chat.Address };
        using var reply = await http.GetAsync(new Uri(page, UriKind.Relative), TestContext.Current.CancellationToken);
        var html = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var policy = Assert.Single(reply.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("://", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("""<style|\sstyle=|\son[a-z]+=|<script(?![^>]* src="/pages/)""", html);
        // What has not changed since is not sent again.
        using var again = new HttpRequestMessage(HttpMethod.Get, page) { Headers = { IfNoneMatch = { reply.Headers.ETag! } } };
        using var same = await http.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.NotModified, same.StatusCode);
    }

    [Theory]
    [InlineData("/pages/chat/chat.html")]
    [InlineData("/pages/shared/frame.html")]
    [InlineData("/pages/chat/nothing.js")]
    [InlineData("/pages/..%2FServer.csproj/x")]
    public async Task Only_what_pages_load_is_given(string path)
    {
        using var http = new HttpClient();
        using var reply = await http.GetAsync(new Uri(chat.Address + path[1..]), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, reply.StatusCode);
    }

    [Fact]
    public async Task The_end_of_a_long_answer_stays_above_the_question_field_unless_somebody_reads_further_up()
    {
        await using var talkative = await ScriptedChat.StartAsync(_ =>
            Enumerable.Range(0, 60).Select(line => ScriptedChat.Says($"Line {line} of a long answer.\n")));
        await using var browser = await ChatPage.OpenAsync(talkative.Address, "en");
        await browser.AskAsync("And then?");
        await browser.SeesAsync("scrollY > 0 && at('turns').getBoundingClientRect().bottom <= at('ask').getBoundingClientRect().top + 1");
        await browser.TypeAsync("#prompt", "And then?");
        await browser.RunAsync("document.getElementById('ask').addEventListener('submit', () => setTimeout(() => window.scrollTo(0, 0)))");
        await browser.PressAsync(Browser.Enter);
        await browser.SeesAsync("all('.turn').length === 4 && !at('send').disabled && scrollY === 0");
    }

    [Theory]
    [InlineData("ar")]
    [InlineData("en")]
    public async Task A_picture_of_the_chat_shows_a_citation_and_its_passage(string language)
    {
        var server = Environment.GetEnvironmentVariable("MAJLIS_PICTURES_SERVER");
        await using var browser = await ChatPage.OpenAsync(server is null ? chat.Address : new Uri(server), language);
        await TalkAsync(browser, language, 1000, 760, dark: false);
        await browser.ClickAsync(".source");
        await browser.SeesAsync("document.activeElement.className === 'passage'");
        await browser.SeesAsync("""
            all('mark, .passage').map(one => one.getBoundingClientRect())
              .every(one => one.top >= 0 && one.bottom <= at('ask').getBoundingClientRect().top)
            """);
        var picture = await browser.PictureAsync();
        Assert.InRange(picture.Length, 10_000, LargestPicture);
        if (Environment.GetEnvironmentVariable("MAJLIS_PICTURES") is { } folder)
            await File.WriteAllBytesAsync(Path.Combine(folder, $"chat-{language}.png"), picture, TestContext.Current.CancellationToken);
    }

    static async Task CheckAsync(Browser browser)
    {
        await browser.RunAsync(await File.ReadAllTextAsync(axe, TestContext.Current.CancellationToken));
        var found = await browser.RunAsync("""
            return axe.run().then(result => [result.passes.length,
              ...result.violations.map(found => `${found.id}: ${found.nodes.map(node => node.html)}`)])
            """);
        Assert.NotEqual(0, (int)found![0]!);
        Assert.Empty(found.AsArray().Skip(1).Select(text => (string?)text));
        Assert.True((bool)(await browser.ReadAsync("document.documentElement.scrollWidth <= innerWidth"))!);
    }

    /// <summary>Brings the page to documents and an answer that cites them; the starter answers the same with a citation.</summary>
    static async Task TalkAsync(Browser browser, string language, int width, int height, bool dark)
    {
        var (text, question) = language == "ar"
            ? ("يقع متحف مولوتو في تبريز.\n\nيوجد مصنع هاتول في القاهرة.", "أين يقع متحف مولوتو؟")
            : ("The Moluto Museum is in Tabriz.\n\nThe judges gave the Hatol Cup to Diana Zaydan.", "Who won the Hatol Cup?");
        await browser.ShowAsync(width, height, dark);
        await browser.SeesAsync("!at('work').hidden");
        await browser.RunAsync("document.querySelector('aside details').open = true");
        await browser.TypeAsync("#pasted", text);
        await browser.ClickAsync("#paste button");
        await browser.SeesAsync("all('#passages li').length === 2");
        await browser.RunAsync("document.querySelector('aside details').open = false");
        await browser.RunAsync("document.getElementById('temperature').value = '0'");
        await browser.AskAsync(question);
        await browser.SeesAsync("all('mark').length > 0");
    }
}
