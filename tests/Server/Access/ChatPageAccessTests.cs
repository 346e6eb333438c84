// The chat's page where keys are asked for: who may sit at it, by key and by link, and who is sent to the arena.
using Majlis.Server.Access;
using Majlis.tests.Server.Pages;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class ChatPageAccessTests(KeyedServer shared) : IClassFixture<KeyedServer>
{
    readonly RunningServer server = shared.Running;

    [Fact]
    public async Task A_key_that_may_chat_signs_in_and_the_page_keeps_nothing_of_it()
    {
        var key = await KeyedServer.AddAsync(server, "chatting", Roles.Inference);
        await using var browser = await ChatPage.OpenAsync(server.Address, "en");
        await browser.SeesAsync("!at('enter').hidden && at('work').hidden");
        await browser.TypeAsync("#key", "wrong" + Browser.Enter);
        await browser.SeesAsync("says('status').length > 0 && at('key').value === ''");
        await browser.TypeAsync("#key", key + Browser.Enter);
        await browser.SeesAsync("says('who') === 'chatting' && at('enter').hidden");
        Assert.Equal("", (string?)await browser.RunAsync("return document.cookie + location.hash"));
        await browser.AskAsync("Which?");
        await browser.SeesAsync("/One answer|Two words/.test(says('turns'))");
        await browser.ClickAsync("#leave");
        await browser.SeesAsync("says('status') === 'You have signed out.' && at('work').hidden && says('turns') === ''");
    }

    [Fact]
    public async Task A_link_lets_its_guest_chat_and_rate()
    {
        var link = await KeyedServer.AddAsync(server, "link to chat", Roles.Rater, TimeSpan.FromDays(1), uses: 1);
        await using var browser = await ChatPage.OpenAsync(server.Address, "ar", $"#invitation={link}");
        await browser.AskAsync("أيّ؟");
        Assert.DoesNotContain("mji", (string?)await browser.RunAsync("return location.href"), StringComparison.Ordinal);
        await browser.GoAsync(new Uri(server.Address, "/arena"));
        await browser.SeesAsync("!at('work').hidden && says('who') === 'link to chat'");
    }

    [Fact]
    public async Task A_raters_key_is_sent_to_the_arena_and_a_chats_key_from_there()
    {
        await using var browser = await ChatPage.OpenAsync(server.Address, "en");
        await browser.SeesAsync("!at('enter').hidden");
        await browser.TypeAsync("#key", await KeyedServer.AddAsync(server, "rates only", Roles.Rater) + Browser.Enter);
        await browser.SeesAsync("at('work').hidden && !at('elsewhere').hidden && at('enter').hidden");
        await browser.ClickAsync("a[href='/arena']");
        await browser.SeesAsync("location.pathname === '/arena' && !at('work').hidden");
        await browser.ClickAsync("#leave");
        await browser.SeesAsync("!at('enter').hidden");
        await browser.TypeAsync("#key", await KeyedServer.AddAsync(server, "chats only", Roles.Inference) + Browser.Enter);
        await browser.SeesAsync("at('work').hidden && !at('elsewhere').hidden");
        await browser.ClickAsync("a[href='/']");
        await browser.SeesAsync("location.pathname === '/' && !at('work').hidden");
    }

    [Fact]
    public async Task A_session_that_ends_meanwhile_is_told_and_a_key_asked_for_again()
    {
        await using var browser = await ChatPage.OpenAsync(server.Address, "en");
        await browser.SeesAsync("!at('enter').hidden");
        await browser.TypeAsync("#key", await KeyedServer.AddAsync(server, "ending", Roles.Inference) + Browser.Enter);
        await browser.SeesAsync("says('who') === 'ending'");
        await KeyedServer.RevokeAsync(server, "ending");
        await Eventually.HoldsAsync("the session has ended",
            async () => (int)(await browser.RunAsync("return fetch('/v1/models').then(reply => reply.status)"))! == 401);
        await browser.TypeAsync("#prompt", "Still there?" + Browser.Enter);
        await browser.SeesAsync("!at('enter').hidden && at('work').hidden && says('status').startsWith('That failed: ')");
    }
}
