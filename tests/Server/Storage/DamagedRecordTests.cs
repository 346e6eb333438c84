// Records and passages that somebody damaged: what is whole goes on, and what is not is told.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.tests.Server.Files;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Storage;

public sealed class DamagedRecordTests : IDisposable
{
    readonly TemporaryFolder data = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData("{}"), InlineData("null"), InlineData("[]"), InlineData("""{"id":"other","owner":"x"}""")]
    public async Task A_record_that_is_none_is_left_out_and_all_others_are_served(string content)
    {
        foreach (var name in new[] { "files/file-z", "batches/batch_z", "vector_stores/vs_z", "uploads/upload_z" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(data.File(name))!);
            await File.WriteAllTextAsync(data.File(name + ".json"), content, Stop);
        }
        await using var server = await StartAsync();
        await Forms.KeepAsync(server, "A sea.", "sea.txt", "assistants");
        Assert.Single((await server.GetAsync("/v1/files"))["data"]!.AsArray());
        foreach (var path in new[] { "/v1/batches", "/v1/vector_stores" })
            Assert.Empty((await server.GetAsync(path))["data"]!.AsArray());
    }

    [Fact]
    public async Task Damaged_passages_are_shown_as_failed_and_the_others_are_found()
    {
        await using var server = await StartAsync();
        var store = (string)(await RunningServer.JsonAsync(await server.PostAsync("/v1/vector_stores", "{}")))["id"]!;
        foreach (var text in new[] { "A blue sea.", "A red sea." })
        {
            var file = (string)(await Forms.KeepAsync(server, text, text[2..5], "assistants"))["id"]!;
            await server.PostAsync($"/v1/vector_stores/{store}/files", $$"""{"file_id":"{{file}}"}""");
        }
        await Eventually.HoldsAsync("both are read",
            async () => Count(await server.GetAsync($"/v1/vector_stores/{store}"), "completed") == 2);
        var passages = Directory.EnumerateFiles(data.File("vector_stores"), "*.passages").First();
        await File.WriteAllTextAsync(passages, (await File.ReadAllTextAsync(passages, Stop))[..20], Stop);
        var found = await RunningServer.JsonAsync(await server.PostAsync($"/v1/vector_stores/{store}/search", """{"query":"sea"}"""));
        Assert.Single(found["data"]!.AsArray());
        Assert.Equal(1, Count(await server.GetAsync($"/v1/vector_stores/{store}"), "failed"));
    }

    [Fact]
    public async Task A_file_whose_bytes_are_gone_has_no_content()
    {
        await using var server = await StartAsync();
        var file = (string)(await Forms.KeepAsync(server, "A sea.", "sea.txt", "assistants"))["id"]!;
        File.Delete(Path.Combine(data.File("files"), file + ".data"));
        Assert.Equal(HttpStatusCode.NotFound,
            (await server.Http.GetAsync(new Uri($"/v1/files/{file}/content", UriKind.Relative), Stop)).StatusCode);
    }

    public void Dispose() => data.Dispose();

    static int Count(JsonObject store, string status) => (int)store["file_counts"]![status]!;

    Task<RunningServer> StartAsync() => RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("Hello.")),
        options => options with { Data = data.Path });
}
