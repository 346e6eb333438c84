// The arena's page in a real browser, in both languages: signing in by key and by link, judging, signing out, and having all of it erased.
using Majlis.Feedback.Store;
using Majlis.Server.Access;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class ArenaPageTests(KeyedServer shared) : IClassFixture<KeyedServer>
{
    readonly RunningServer server = shared.Running;

    [Theory]
    [InlineData("ar", "rtl", "ادخل", "حُفظ حكمك.", "خرجت.")]
    [InlineData("en", "ltr", "Sign in", "Your verdict is kept.", "You have signed out.")]
    public async Task A_rater_signs_in_with_a_key_judges_and_signs_out(string language, string direction,
        string enter, string kept, string left)
    {
        var key = await KeyedServer.AddAsync(server, $"page {language}", Roles.Rater);
        await using var browser = await Browser.StartAsync(language);
        await browser.GoAsync(new Uri(server.Address, "/arena"));
        await HoldsAsync(browser, "!hides('enter') && hides('work')");
        var seen = (await browser.RunAsync("return [document.documentElement.dir, document.querySelector('#enter button').textContent]"))!;
        Assert.Equal((direction, enter), ((string?)seen[0], (string?)seen[1]));
        await browser.TypeAsync("#key", "wrong");
        await browser.ClickAsync("#enter button");
        await HoldsAsync(browser, "said().length > 0 && document.getElementById('key').value === ''");
        await browser.TypeAsync("#key", key);
        await browser.ClickAsync("#enter button");
        await HoldsAsync(browser, $"document.getElementById('who').textContent === 'page {language}'");
        Assert.Equal("", (string?)await browser.RunAsync("return document.cookie + location.hash"));
        Assert.Equal(0, (int)(await browser.RunAsync("return localStorage.length + sessionStorage.length"))!);

        await JudgeAsync(browser, kept);
        Assert.Single(await VotesAsync(), vote => vote.Vote.Voter == server.Part<KeyRing>().VoterOf(Key($"page {language}")));
        await browser.ClickAsync("#leave");
        await HoldsAsync(browser, $"said() === '{left}' && !hides('enter')");
    }

    [Fact]
    public async Task A_link_signs_in_once_and_an_erasure_ends_the_session()
    {
        var link = await KeyedServer.AddAsync(server, "link of the page", Roles.Rater, TimeSpan.FromDays(1), uses: 1);
        await using var browser = await Browser.StartAsync("en");
        await browser.GoAsync(new Uri(server.Address, $"/arena#invitation={link}"));
        await HoldsAsync(browser, "document.getElementById('who').textContent === 'link of the page'");
        Assert.DoesNotContain("mji", (string?)await browser.RunAsync("return location.href"), StringComparison.Ordinal);
        await browser.GoAsync(new Uri("about:blank"));
        await browser.GoAsync(new Uri(server.Address, $"/arena#invitation={link}"));
        await HoldsAsync(browser, "document.getElementById('who').textContent === 'link of the page'");
        await JudgeAsync(browser, "Your verdict is kept.");

        await using var other = await Browser.StartAsync("en");
        await other.GoAsync(new Uri(server.Address, $"/arena#invitation={link}"));
        await HoldsAsync(other, "said().includes('invitation') && hides('work')");

        await browser.RunAsync("window.confirm = () => true");
        await browser.ClickAsync("#forget");
        await HoldsAsync(browser, "said().startsWith('Erased: 1') && !hides('enter')");
    }

    static Task HoldsAsync(Browser browser, string what) => browser.HoldsAsync(
        "const at = id => document.getElementById(id), said = () => at('status').textContent, hides = id => at(id).hidden;", what);

    static async Task JudgeAsync(Browser browser, string kept)
    {
        await browser.TypeAsync("#prompt", "which?");
        await browser.ClickAsync("#send");
        await HoldsAsync(browser, "!document.querySelector('[data-verdict=a]').disabled");
        await browser.ClickAsync("[data-verdict=a]");
        await HoldsAsync(browser, $"said() === '{kept}'");
    }

    Majlis.Feedback.Store.Access.AccessKey Key(string name) => server.Part<KeyRing>().Keys!.ById.Values.Single(key => key.Name == name);

    async Task<List<Majlis.Feedback.Votes.StoredVote>> VotesAsync()
    {
        var votes = new List<Majlis.Feedback.Votes.StoredVote>();
        await foreach (var vote in new VoteCursor(server.Part<RedisConnection>()).ReadAsync(0)) votes.Add(vote);
        return votes;
    }
}
