// The chat's page in a real browser before a whole server: both languages, stopping, failing, and a version that changes.
using System.Text.Json.Nodes;
using Majlis.Server.Models;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Pages;

public sealed class ChatPageTests(ChatServer shared) : IClassFixture<ChatServer>
{
    readonly RunningServer server = shared.Running;

    [Theory]
    [InlineData("ar", "rtl", "أرسل", "النسخة tiny", "اكتمل الجواب.", "Send")]
    [InlineData("en", "ltr", "Send", "Version tiny", "The answer is complete.", "أرسل")]
    public async Task A_conversation_has_its_readers_language_and_each_message_its_own_direction(string language, string direction,
        string send, string version, string done, string other)
    {
        await using var browser = await ChatPage.OpenAsync(server.Address, language);
        await browser.AskAsync("كيف حالك؟");
        await browser.AskAsync("And what is the weather like?");
        var seen = await browser.ReadAsync("[document.documentElement.dir, says('send'), says('doing'), plain(says('version'))]");
        Assert.Equal([direction, send, done], seen!.AsArray().Take(3).Select(text => (string)text!));
        Assert.Contains("tiny", (string)seen[3]!, StringComparison.Ordinal);
        Assert.Equal(["كيف حالك؟", ChatServer.Text, "And what is the weather like?", ChatServer.Text], await TextsAsync(".turn .text"));
        Assert.Equal(["rtl", "ltr", "ltr", "ltr"], await TextsAsync("all('.turn .text').map(one => getComputedStyle(one).direction)"));
        Assert.All(await TextsAsync("texts('.about').map(plain)"),
            text => Assert.StartsWith($"{version} · ", text, StringComparison.Ordinal));
        await browser.ClickAsync("#language");
        Assert.Equal(other, (string?)await browser.ReadAsync("says('send')"));
        Assert.DoesNotContain(version, await TextsAsync("texts('.about').map(plain)"));
        await browser.ClickAsync("#fresh");
        await browser.SeesAsync("all('.turn').length === 0 && document.activeElement === at('prompt')");

        async Task<string[]> TextsAsync(string of) =>
            [.. (await browser.ReadAsync(of.StartsWith('.') ? $"texts('{of}')" : of))!.AsArray().Select(text => (string)text!)];
    }

    [Fact]
    public async Task The_stop_button_is_one_key_away_keeps_what_was_said_and_frees_the_models_place()
    {
        var gate = new Gate();
        await using var slow = await RunningServer.StartAsync(
            TinyModel.Of(new RecitingNetwork(new string('x', 1500)) { BeforeStep = gate.Pass }));
        using var end = gate;
        await using var browser = await ChatPage.OpenAsync(slow.Address, "en");
        await browser.SeesAsync("!at('work').hidden");
        await browser.TypeAsync("#prompt", "Go on?" + Browser.Enter);
        await Eventually.HoldsAsync("the answer has begun",
            async () => { gate.Let(1); return (bool)(await browser.ReadAsync("says('turns').includes('xx')"))!; });
        await browser.PressAsync(Browser.Tab, Browser.Enter);
        await browser.SeesAsync("says('doing') === 'The answer was stopped.' && at('stop').hidden && !at('send').disabled");
        await browser.SeesAsync("document.activeElement === at('prompt') && texts('.end')[0] === 'The answer was stopped.'");
        await Eventually.HoldsAsync("its place is free", () => { gate.Let(1); return slow.Engine.Progress.Running == 0; });
    }

    [Fact]
    public async Task A_refusal_is_the_servers_own_message_and_the_question_is_not_lost()
    {
        await using var small = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("Never said."), context: 64));
        await using var browser = await ChatPage.OpenAsync(small.Address, "en");
        await browser.SeesAsync("!at('work').hidden");
        var question = string.Concat(Enumerable.Repeat("Is this too long? ", 8)).Trim();
        var body = new JsonObject { ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question }) };
        var error = (await RunningServer.JsonAsync(await small.ChatAsync(body)))["error"]!;
        Assert.Equal("context_length_exceeded", (string)error["code"]!);
        await browser.TypeAsync("#prompt", question + Browser.Enter);
        await browser.SeesAsync($"plain(says('problem')) === 'That failed: ' + {error["message"]!.ToJsonString()}");
        await browser.SeesAsync($"at('prompt').value === '{question}' && all('.turn').length === 0 && !at('send').disabled");
    }

    [Fact]
    public async Task An_answer_that_breaks_off_stays_and_says_so()
    {
        // A browser drops what its page has not read when a connection breaks, so it breaks once the half is seen.
        using var seen = new ManualResetEventSlim();
        var steps = 0;
        await using var breaking = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("half of an answer.")
        {
            BeforeStep = () =>
            {
                if (++steps <= 8) return;
                seen.Wait();
                throw new InvalidOperationException("a tensor went missing");
            },
        }));
        await using var browser = await ChatPage.OpenAsync(breaking.Address, "en");
        await browser.SeesAsync("!at('work').hidden");
        await browser.TypeAsync("#prompt", "Well?" + Browser.Enter);
        await browser.SeesAsync("texts('.turn.model .text')[0] === 'half of '");
        seen.Set();
        await browser.SeesAsync("texts('.turn.model .text')[0] === 'half of ' && texts('.end')[0] === 'The answer broke off.'");
        await browser.SeesAsync("says('problem').startsWith('That failed: ')");
    }

    [Fact]
    public async Task Settings_go_with_the_question_and_one_that_cannot_be_is_shown()
    {
        await using var browser = await ChatPage.OpenAsync(server.Address, "en");
        await browser.SeesAsync("!at('work').hidden");
        await browser.ClickAsync("#settings summary");
        await browser.TypeAsync("#longest", "5");
        await browser.TypeAsync("#temperature", "2.5");
        await browser.ClickAsync("#settings summary");
        await browser.TypeAsync("#prompt", "How long?" + Browser.Enter);
        await browser.SeesAsync("at('settings').open && at('temperature').matches(':invalid') && all('.turn').length === 0");
        await browser.RunAsync("document.getElementById('temperature').value = '0'");
        await browser.ClickAsync("#send");
        await browser.SeesAsync("says('doing') === 'The answer reached its greatest length and was cut.'");
        await browser.SeesAsync("texts('.turn.model .text')[0] === 'Hello'");
        await browser.SeesAsync("plain(texts('.about')[0]) === 'Version tiny · tokens of the answer: 5'");
    }

    [Fact]
    public async Task A_server_that_is_away_is_told()
    {
        var gone = await RunningServer.StartAsync("Never said.");
        await using var browser = await ChatPage.OpenAsync(gone.Address, "ar");
        await browser.SeesAsync("!at('work').hidden");
        await gone.DisposeAsync();
        await browser.TypeAsync("#prompt", "Hello?" + Browser.Enter);
        await browser.SeesAsync("says('problem') === 'الخادم لا يجيب.' && at('prompt').value === 'Hello?'");
    }

    [Theory]
    [InlineData("ar", "تجيب الآن النسخة v2: غيّرتها أصوات المحكّمين (2).", "تجيب الآن النسخة v3.")]
    [InlineData("en", "Version v2 now answers: the raters' votes (2) changed it.", "Version v3 now answers.")]
    public async Task A_version_that_comes_is_told_in_one_line_and_whether_votes_made_it(string language, string learnt, string now)
    {
        using var folder = new TinyCatalog();
        await using var changing = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("Old words.")),
            options => options with { Catalog = folder.Path },
            parts => parts with { Open = (_, version, _) => TinyModel.Of(new RecitingNetwork("New words."), version) });
        await using var browser = await Browser.StartAsync(language);
        await browser.PrepareAsync("window.clocks = []; window.setInterval = (act, pause) => clocks.push({ act, pause });");
        await browser.GoAsync(changing.Address);
        await browser.SeesAsync("says('version').includes('tiny') && clocks[0].pause === 15000");
        folder.Promote("v2", votes: ["vote_1", "vote_2"]);
        changing.Part<ModelWatcher>().Look();
        await browser.RunAsync("clocks[0].act()");
        await browser.SeesAsync($"plain(says('version')) === \"{learnt}\"");
        await browser.AskAsync("Who are you?");
        folder.Promote("v3");
        changing.Part<ModelWatcher>().Look();
        await browser.AskAsync("And now?");
        await browser.SeesAsync($"plain(says('version')) === \"{now}\"");
        await browser.SeesAsync("texts('.about')[0].includes('v2') && texts('.about')[1].includes('v3')");
    }

    [Fact]
    public async Task The_keyboard_alone_sends_and_reaches_everything()
    {
        await using var browser = await ChatPage.OpenAsync(server.Address, "en");
        await browser.SeesAsync("!at('work').hidden");
        await browser.PressAsync(Browser.Tab, Browser.Tab, Browser.Tab, Browser.Tab);
        await browser.SeesAsync("document.activeElement === at('prompt')");
        await browser.PressAsync("One line");
        await browser.PressHeldAsync(Browser.Shift, Browser.Enter);
        await browser.PressAsync("and another", Browser.Enter);
        await browser.SeesAsync("says('doing') === 'The answer is complete.' && document.activeElement === at('prompt')");
        Assert.Equal("One line\nand another", (string?)await browser.ReadAsync("texts('.you .text')[0]"));
        foreach (var next in new[] { "send", "fresh", "Settings", "choose", "Paste text" })
        {
            await browser.PressAsync(Browser.Tab);
            var reached = await browser.ReadAsync("""
                [document.activeElement.id || document.activeElement.textContent, getComputedStyle(document.activeElement).outlineStyle]
                """);
            Assert.Equal((next, "solid"), ((string?)reached![0], (string?)reached[1]));
        }
    }
}
