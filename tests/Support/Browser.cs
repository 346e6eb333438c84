// A real browser without a window, driven over W3C WebDriver (https://www.w3.org/TR/webdriver2/). Tests skip where it is absent.
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Support;

sealed class Browser : IAsyncDisposable
{
    const string Element = "element-6066-11e4-a52e-4f735466cecf";

    readonly TemporaryFolder profile = new();
    readonly ServerProcess driver;
    readonly HttpClient http;
    string session = "";

    Browser(ServerProcess driver, HttpClient http) => (this.driver, this.http) = (driver, http);

    /// <param name="language">The browser's language, such as <c>ar</c>.</param>
    public static async Task<Browser> StartAsync(string language)
    {
        var (program, chromium, address) = (Programs.Require("chromedriver"), Programs.Require("chromium"), FreeAddress.Next());
        var driver = await ServerProcess.StartAsync(
            new ProcessStartInfo(program, [$"--port={address.Split(':')[1]}", "--allowed-ips=127.0.0.1"]), "started successfully");
        var http = new HttpClient { BaseAddress = new Uri($"http://{address}/"), Timeout = TimeSpan.FromMinutes(2) };
        var browser = new Browser(driver, http);
        var options = new JsonObject
        {
            ["binary"] = chromium,
            ["args"] = new JsonArray("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", $"--lang={language}",
                $"--user-data-dir={browser.profile.Path}"),
            ["prefs"] = new JsonObject { ["intl.accept_languages"] = language },
        };
        var opened = await browser.CallAsync(HttpMethod.Post, "session", new JsonObject
        {
            ["capabilities"] = new JsonObject { ["alwaysMatch"] = new JsonObject { ["goog:chromeOptions"] = options } },
        });
        browser.session = $"session/{(string)opened!["sessionId"]!}/";
        return browser;
    }

    public Task GoAsync(Uri page) => CallAsync(HttpMethod.Post, session + "url", new JsonObject { ["url"] = page.ToString() });

    public async Task ClickAsync(string selector) =>
        await CallAsync(HttpMethod.Post, $"{await FindAsync(selector)}/click", []);

    public async Task TypeAsync(string selector, string text) =>
        await CallAsync(HttpMethod.Post, $"{await FindAsync(selector)}/value", new JsonObject { ["text"] = text });

    /// <summary>What a script in the page returns.</summary>
    public Task<JsonNode?> RunAsync(string script) =>
        CallAsync(HttpMethod.Post, session + "execute/sync", new JsonObject { ["script"] = script, ["args"] = new JsonArray() });

    /// <summary>Waits until an expression of the page holds.</summary>
    /// <param name="words">Statements that define what it uses.</param>
    public Task HoldsAsync(string words, string expression) => Eventually.HoldsAsync(expression,
        async () => (bool)(await RunAsync($"{words} return !!({expression})"))!);

    public async ValueTask DisposeAsync()
    {
        if (session.Length > 0) await CallAsync(HttpMethod.Delete, session.TrimEnd('/'), null);
        http.Dispose();
        await driver.DisposeAsync();
        profile.Dispose();
    }

    async Task<string> FindAsync(string selector)
    {
        var found = await CallAsync(HttpMethod.Post, session + "element",
            new JsonObject { ["using"] = "css selector", ["value"] = selector });
        return $"{session}element/{(string)found![Element]!}";
    }

    async Task<JsonNode?> CallAsync(HttpMethod method, string path, JsonObject? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        using var reply = await http.SendAsync(request);
        var value = (await reply.Content.ReadFromJsonAsync<JsonObject>())!["value"];
        Assert.True(reply.IsSuccessStatusCode, $"{path}: {value?.ToJsonString()}");
        return value;
    }
}
