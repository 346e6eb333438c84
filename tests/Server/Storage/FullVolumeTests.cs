// A full disk under files, batches and vector stores: the server lives, says why, loses nothing, leaves nothing half written, and goes on.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.tests.Server.Files;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Storage;

public sealed class FullVolumeTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_and_stores_are_refused_with_the_reason_and_deleting_makes_room()
    {
        using var volume = SmallVolume.Mount(8);
        await using var server = await StartAsync(volume, new("Hello."));
        var text = string.Join(' ', Enumerable.Repeat("The blue sea is deep.", 20_000));
        var file = (string)(await Forms.KeepAsync(server, text, "sea.txt", "assistants"))["id"]!;
        var store = (string)(await RunningServer.JsonAsync(await server.PostAsync("/v1/vector_stores", "{}")))["id"]!;
        volume.Fill(left: 64 << 10);
        await server.PostAsync($"/v1/vector_stores/{store}/files", $$"""{"file_id":"{{file}}"}""");
        // Its passages take more than is left; what was written of them goes, and leaves room to tell.
        await Eventually.HoldsAsync("the file is told to have failed", async () =>
            (string)(await server.GetAsync($"/v1/vector_stores/{store}/files/{file}"))["status"]! == "failed");
        volume.Fill();
        foreach (var reply in new[]
        {
            await Forms.PostAsync(server, "/v1/files", Forms.Of(text, "more.txt", "assistants")),
            await server.PostAsync("/v1/vector_stores", "{}"),
        })
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "disk_full"),
                (reply.StatusCode, (string?)(await RunningServer.ErrorAsync(reply))["code"]));
        Assert.Equal(HttpStatusCode.OK, (await server.ChatAsync()).StatusCode);
        Assert.Empty(Directory.EnumerateFiles(volume.Path, "*.part", SearchOption.AllDirectories));
        Assert.Equal(HttpStatusCode.OK,
            (await server.Http.DeleteAsync(new Uri($"/v1/files/{file}", UriKind.Relative), Stop)).StatusCode);
        Assert.Empty((await server.GetAsync($"/v1/vector_stores/{store}/files"))["data"]!.AsArray());
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync($"/v1/vector_stores/{store}/search", """{"query":"sea"}""")).StatusCode);
    }

    [Fact]
    public async Task A_batch_that_broke_on_a_full_disk_can_be_cancelled_once_there_is_room()
    {
        using var volume = SmallVolume.Mount(8);
        using var gate = new Gate();
        await using var server = await StartAsync(volume, new("Hello.") { BeforeStep = gate.Pass });
        var lines = Enumerable.Range(0, 40).Select(i => new JsonObject
        {
            ["custom_id"] = $"{i}",
            ["method"] = "POST",
            ["url"] = "/v1/chat/completions",
            ["body"] = RunningServer.ChatBody(),
        }.ToJsonString());
        var file = await Forms.KeepAsync(server, string.Join('\n', lines), "lines.jsonl", "batch");
        var batch = await RunningServer.JsonAsync(await server.PostAsync("/v1/batches",
            $$"""{"input_file_id":"{{file["id"]}}","endpoint":"/v1/chat/completions","completion_window":"24h"}"""));
        gate.Let(12);
        await Eventually.HoldsAsync("some are answered", async () => Completed(await ShowAsync()) > 0);
        volume.Fill();
        gate.Open();
        await Eventually.HoldsAsync("it broke, and let go of its file",
            () => !IsOpen(Path.Combine(volume.Path, "batches", $"{batch["id"]}.output")));
        volume.Free();
        await server.PostAsync($"/v1/batches/{batch["id"]}/cancel", "{}");
        await Eventually.HoldsAsync("it is over", async () => await StatusAsync() is "cancelled" or "completed");
        var answered = await ShowAsync();
        Assert.Equal(40, Completed(answered) + (int)answered["request_counts"]!["failed"]!);

        Task<JsonObject> ShowAsync() => server.GetAsync($"/v1/batches/{batch["id"]}");
        static bool IsOpen(string file)
        {
            try
            {
                using var mine = File.Open(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                return false;
            }
            catch (IOException)
            {
                return true;
            }
        }

        async Task<string> StatusAsync() => (string)(await ShowAsync())["status"]!;
        static int Completed(JsonObject shown) => (int)shown["request_counts"]!["completed"]!;
    }

    static Task<RunningServer> StartAsync(SmallVolume volume, RecitingNetwork network) => RunningServer.StartAsync(
        TinyModel.Of(network), options => options with { Data = volume.Path });
}
