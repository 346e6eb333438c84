// The chat's page in a browser, for tests that sit before it.
using System.Text.Json.Nodes;
using Majlis.tests.Support;

namespace Majlis.tests.Server.Pages;

static class ChatPage
{
    const string Words = """
        const at = id => document.getElementById(id), says = id => at(id).textContent, all = of => [...document.querySelectorAll(of)],
          texts = of => all(of).map(one => one.textContent), plain = text => text.replace(/[\u2068\u2069]/g, "");
        """;

    public static async Task<Browser> OpenAsync(Uri server, string language, string fragment = "")
    {
        var browser = await Browser.StartAsync(language);
        try
        {
            await browser.GoAsync(new Uri(server, "/" + fragment));
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until an expression of the page holds.</summary>
    public static Task SeesAsync(this Browser browser, string expression) => browser.HoldsAsync(Words, expression);

    /// <summary>The value of an expression of the page.</summary>
    public static Task<JsonNode?> ReadAsync(this Browser browser, string expression) => browser.RunAsync($"{Words} return {expression}");

    /// <summary>Asks, and waits for the end of the answer.</summary>
    public static async Task AskAsync(this Browser browser, string question)
    {
        await browser.SeesAsync("!at('work').hidden");
        var before = (int)(await browser.ReadAsync("all('.turn').length"))!;
        await browser.TypeAsync("#prompt", question);
        await browser.ClickAsync("#send");
        await browser.SeesAsync($"all('.turn').length === {before + 2} && !at('send').disabled");
    }
}
