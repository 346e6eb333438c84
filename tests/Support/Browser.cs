// A real browser without a window, driven over W3C WebDriver (https://www.w3.org/TR/webdriver2/). Tests skip where it is absent. A test
// gets one that knows nothing of the tests before; Browsers keeps it in between.
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Support;

sealed class Browser : IAsyncDisposable
{
    public const string Tab = "\uE004";
    public const string Enter = "\uE007";
    public const string Shift = "\uE008";
    public const string Escape = "\uE00C";

    const string Element = "element-6066-11e4-a52e-4f735466cecf";

    readonly TemporaryFolder profile = new();
    readonly ServerProcess driver;
    readonly HttpClient http;
    readonly HashSet<string> origins = [];
    string session = "";

    Browser(string language, ServerProcess driver, HttpClient http) => (Language, this.driver, this.http) = (language, driver, http);

    public string Language { get; }

    /// <param name="language">The browser's language, such as <c>ar</c>.</param>
    public static async Task<Browser> StartAsync(string language) => Browsers.Take(language) ?? await NewAsync(language);

    static async Task<Browser> NewAsync(string language)
    {
        var (program, chromium, address) = (Programs.Require("chromedriver"), Programs.Require("chromium"), FreeAddress.Next());
        var driver = await ServerProcess.StartAsync(
            new ProcessStartInfo(program, [$"--port={address.Split(':')[1]}", "--allowed-ips=127.0.0.1"]), "started successfully");
        var http = new HttpClient { BaseAddress = new Uri($"http://{address}/"), Timeout = TimeSpan.FromMinutes(2) };
        var browser = new Browser(language, driver, http);
        var options = new JsonObject
        {
            ["binary"] = chromium,
            ["args"] = new JsonArray("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", $"--lang={language}",
                $"--user-data-dir={browser.profile.Path}"),
            ["prefs"] = new JsonObject { ["intl.accept_languages"] = language },
        };
        try
        {
            var opened = await browser.CallAsync(HttpMethod.Post, "session", new JsonObject
            {
                ["capabilities"] = new JsonObject { ["alwaysMatch"] = new JsonObject { ["goog:chromeOptions"] = options } },
            });
            browser.session = $"session/{(string)opened!["sessionId"]!}/";
            return browser;
        }
        catch
        {
            await browser.EndAsync();
            throw;
        }
    }

    public Task GoAsync(Uri page)
    {
        origins.Add(page.GetLeftPart(UriPartial.Authority));
        return CallAsync(HttpMethod.Post, session + "url", new JsonObject { ["url"] = page.ToString() });
    }

    /// <summary>Runs a script in every page that is opened from now on, before any of the page's own.</summary>
    public Task PrepareAsync(string script) =>
        CommandAsync("Page.addScriptToEvaluateOnNewDocument", new() { ["source"] = script });

    public async Task ClickAsync(string selector) =>
        await CallAsync(HttpMethod.Post, $"{await FindAsync(selector)}/click", []);

    public async Task TypeAsync(string selector, string text) =>
        await CallAsync(HttpMethod.Post, $"{await FindAsync(selector)}/value", new JsonObject { ["text"] = text });

    /// <summary>Types into whatever has the focus.</summary>
    /// <param name="keys">Texts, or WebDriver's names of keys.</param>
    public Task PressAsync(params string[] keys)
    {
        var strokes = string.Concat(keys).EnumerateRunes().SelectMany(key => new[] { "keyDown", "keyUp" }
            .Select(type => (JsonNode)new JsonObject { ["type"] = type, ["value"] = key.ToString() }));
        return ActAsync([.. strokes]);
    }

    /// <summary>Presses a key while another is held.</summary>
    public Task PressHeldAsync(string held, string key) => ActAsync(
    [
        .. new[] { ("keyDown", held), ("keyDown", key), ("keyUp", key), ("keyUp", held) }
            .Select(stroke => new JsonObject { ["type"] = stroke.Item1, ["value"] = stroke.Item2 }),
    ]);

    /// <summary>Carries files from outside the browser over its page and lets them fall.</summary>
    public async Task DropAsync(params string[] files)
    {
        foreach (var type in new[] { "dragEnter", "dragOver", "drop" })
        {
            await CommandAsync("Input.dispatchDragEvent", new()
            {
                ["type"] = type,
                ["x"] = 100,
                ["y"] = 100,
                ["data"] = new JsonObject
                {
                    ["items"] = new JsonArray(),
                    ["files"] = new JsonArray([.. files.Select(file => JsonValue.Create(file))]),
                    ["dragOperationsMask"] = 1,
                },
            });
            // The page must have answered that it takes them before they fall.
            await RunAsync("return new Promise(seen => requestAnimationFrame(() => setTimeout(seen)))");
        }
    }

    /// <summary>Shows the page on a screen of this size, in light or dark colours.</summary>
    public async Task ShowAsync(int width, int height, bool dark)
    {
        await CommandAsync("Emulation.setDeviceMetricsOverride", new()
        {
            ["width"] = width,
            ["height"] = height,
            ["deviceScaleFactor"] = 1,
            ["mobile"] = false,
        });
        await CommandAsync("Emulation.setEmulatedMedia", new()
        {
            ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }),
        });
    }

    /// <summary>The page as it is seen, a PNG.</summary>
    public async Task<byte[]> PictureAsync() =>
        Convert.FromBase64String((string)(await CallAsync(HttpMethod.Get, session + "screenshot", null))!);

    /// <summary>What a script in the page returns.</summary>
    public Task<JsonNode?> RunAsync(string script) =>
        CallAsync(HttpMethod.Post, session + "execute/sync", new JsonObject { ["script"] = script, ["args"] = new JsonArray() });

    /// <summary>Waits until an expression of the page holds.</summary>
    /// <param name="words">Statements that define what it uses.</param>
    public Task HoldsAsync(string words, string expression) => Eventually.HoldsAsync(expression,
        async () => (bool)(await RunAsync($"{words} return !!({expression})"))!);

    /// <summary>Forgets all and waits for another test; ends where a page does not let go, as after a failed test.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await ForgetAsync();
            Browsers.Return(this);
        }
        catch
        {
            await EndAsync();
        }
    }

    public async Task EndAsync()
    {
        try
        {
            if (session.Length > 0) await CallAsync(HttpMethod.Delete, session.TrimEnd('/'), null);
        }
        finally
        {
            http.Dispose();
            await driver.DisposeAsync();
            profile.Dispose();
        }
    }

    // Cookies are the machine's, whatever the port; the rest is an origin's or the tab's.
    async Task ForgetAsync()
    {
        var tab = await CallAsync(HttpMethod.Post, session + "window/new", new JsonObject { ["type"] = "tab" });
        await CallAsync(HttpMethod.Delete, session + "window", null);
        await CallAsync(HttpMethod.Post, session + "window", new JsonObject { ["handle"] = (string)tab!["handle"]! });
        await CommandAsync("Network.clearBrowserCookies", []);
        await CommandAsync("Network.clearBrowserCache", []);
        foreach (var origin in origins)
            await CommandAsync("Storage.clearDataForOrigin", new() { ["origin"] = origin, ["storageTypes"] = "all" });
        origins.Clear();
    }

    Task<JsonNode?> ActAsync(JsonArray strokes) => CallAsync(HttpMethod.Post, session + "actions", new JsonObject
    {
        ["actions"] = new JsonArray(new JsonObject { ["type"] = "key", ["id"] = "keyboard", ["actions"] = strokes }),
    });

    /// <summary>A command of the DevTools protocol, for what WebDriver has no word for.</summary>
    Task<JsonNode?> CommandAsync(string command, JsonObject parameters) => CallAsync(HttpMethod.Post, session + "goog/cdp/execute",
        new JsonObject { ["cmd"] = command, ["params"] = parameters });

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
