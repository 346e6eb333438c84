// The real server, started with a model's name on the hub: it downloads the model and answers under that name.
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Majlis.tests.Server;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Hub;

public sealed class HubServingTests
{
    [Fact]
    public async Task A_model_named_as_on_the_hub_is_brought_and_served()
    {
        await using var hub = await FakeHub.StartAsync();
        await AddAsync(hub, Shared.Require(Shared.AnyModel));
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(Start(hub, folder), "Serving org/model");
        var url = server.Said.Split(" on ")[^1].TrimEnd('.');
        using var http = new HttpClient();
        var reply = await http.PostAsJsonAsync($"{url}/v1/chat/completions", RunningServer.ChatBody(new() { ["max_tokens"] = 2 }),
            TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        var answer = await reply.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken);
        Assert.Equal("org/model", (string)answer!["model"]!);
        Assert.True(Directory.Exists(folder.File("hub", "models--org--model", "snapshots", FakeHub.Commit)));
    }

    /// <summary>A folder's files, or one file, as somebody published them; weights are large.</summary>
    static async Task AddAsync(FakeHub hub, string model)
    {
        foreach (var path in Directory.Exists(model) ? Directory.GetFiles(model) : [model])
            hub.Add(Path.GetFileName(path), await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken),
                large: Path.GetExtension(path) is ".gguf" or ".safetensors");
    }

    static ProcessStartInfo Start(FakeHub hub, TemporaryFolder folder)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Majlis.Server.dll"), "--model", "org/model",
            "--urls", "http://127.0.0.1:0", "--data", folder.File("data"), "--catalog", folder.File("catalog")]);
        start.Environment["HF_ENDPOINT"] = hub.Endpoint;
        start.Environment["HF_HOME"] = folder.Path;
        start.Environment["Logging__LogLevel__Default"] = "Information";
        return start;
    }
}
