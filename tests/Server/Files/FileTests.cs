// Files as clients keep them: what goes in comes out, lists page, lines are checked, others see nothing, all survives a restart.
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Server.Files;
using Majlis.Server.Wire;
using Majlis.tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Server.Files;

public sealed class FileTests(ChatServer shared) : IClassFixture<ChatServer>
{
    readonly RunningServer server = shared.Running;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_with_an_Arabic_name_comes_back_as_it_was_until_it_is_deleted()
    {
        var text = "{\"messages\": [{\"role\": \"user\", \"content\": \"سلام\"}]}\n\n{}";
        var file = await Forms.KeepAsync(server, text, "تدريب.jsonl", "fine-tune");
        Assert.Equal(("file", "تدريب.jsonl", "fine-tune", "processed"),
            ((string)file["object"]!, (string)file["filename"]!, (string)file["purpose"]!, (string)file["status"]!));
        Assert.Equal(Encoding.UTF8.GetByteCount(text), (int)file["bytes"]!);
        var path = $"/v1/files/{file["id"]}";
        Assert.Equal(file.ToJsonString(), (await RunningServer.JsonAsync(await server.Http.GetAsync(path, Stop))).ToJsonString());
        Assert.Equal(text, await server.Http.GetStringAsync(path + "/content", Stop));
        var deleted = await RunningServer.JsonAsync(await server.Http.DeleteAsync(path, Stop));
        Assert.Equal((true, "file"), ((bool)deleted["deleted"]!, (string)deleted["object"]!));
        foreach (var gone in new[] { path, path + "/content", "/v1/files/file-%2F..%2Fx" })
            Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync(gone, Stop)).StatusCode);
    }

    [Fact]
    public async Task A_list_goes_page_by_page_and_says_when_it_ends()
    {
        for (var i = 0; i < 3; i++) await Forms.KeepAsync(server, "some text", $"{i}.txt", "vision");
        var seen = new List<string>();
        for (var more = true; more;)
        {
            var page = await RunningServer.JsonAsync(await server.Http.GetAsync(
                $"/v1/files?purpose=vision&limit=2&order=asc{(seen.Count > 0 ? $"&after={seen[^1]}" : "")}", Stop));
            seen.AddRange(page["data"]!.AsArray().Select(file => (string)file!["id"]!));
            Assert.Equal(seen[^1], (string)page["last_id"]!);
            more = (bool)page["has_more"]!;
        }
        Assert.Equal(3, seen.Distinct().Count());
        Assert.Equal(3, seen.Count);
        var error = await RunningServer.ErrorAsync(await server.Http.GetAsync("/v1/files?after=file-other", Stop));
        Assert.Equal("after", (string?)error["param"]);
    }

    [Theory]
    [InlineData("batch", "{}\nnot json\n", "a.jsonl, line 2: byte ")]
    [InlineData("fine-tune", "{}\n[1]\n", "a.jsonl, line 2: expected a JSON object, found an array")]
    [InlineData("batch", "\n\n", "holds no line")]
    [InlineData("user_data", "", "is empty")]
    public async Task A_wrong_line_is_named_with_its_file_and_number(string purpose, string content, string says)
    {
        var http = await Forms.PostAsync(server, "/v1/files", Forms.Of(content, "a.jsonl", purpose));
        Assert.Equal(HttpStatusCode.BadRequest, http.StatusCode);
        var error = await RunningServer.ErrorAsync(http);
        Assert.Equal("file", (string?)error["param"]);
        Assert.Contains(says, (string?)error["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_lacks_something_or_has_too_much_is_refused_by_name()
    {
        await RefusedAsync(new() { { new StringContent("batch"), "purpose" } }, "file");
        await RefusedAsync(Forms.Of("x", "a.txt", "holiday"), "purpose");
        var colour = Forms.Of("x", "a.txt", "vision");
        colour.Add(new StringContent("red"), "colour");
        await RefusedAsync(colour, "colour");
        var life = Forms.Of("x", "a.txt", "vision");
        life.Add(new StringContent("created_at"), "expires_after[anchor]");
        life.Add(new StringContent("5"), "expires_after[seconds]");
        await RefusedAsync(life, "expires_after[seconds]");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await server.PostAsync("/v1/files", "{}")).StatusCode);
        using var cut = new ByteArrayContent("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nabc"u8.ToArray());
        cut.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=x");
        var refused = await server.Http.PostAsync("/v1/files", cut, Stop);
        Assert.Equal((HttpStatusCode.BadRequest, "The form is cut short or damaged: it ends before its last boundary."),
            (refused.StatusCode, (string?)(await RunningServer.ErrorAsync(refused))["message"]));
    }

    [Fact]
    public void Only_the_owner_sees_a_file_it_survives_a_restart_and_it_expires()
    {
        var data = Directory.CreateTempSubdirectory("majlis-files-").FullName;
        var time = new FakeTimeProvider();
        var files = Open();
        var begun = files.Begin("key-1");
        begun.Stream.Write("hello"u8);
        var kept = files.Keep(begun, "a.txt", "user_data", life: 3600);
        Assert.NotNull(files.Find("key-1", kept.Id));
        Assert.Null(files.Find("key-2", kept.Id));
        var again = Open();
        Assert.Equal(kept, again.Find("key-1", kept.Id));
        if (!OperatingSystem.IsWindows())
        {
            var folder = Path.Combine(data, "files");
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
            foreach (var file in Directory.GetFiles(folder))
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
        time.Advance(TimeSpan.FromHours(2));
        Assert.Null(again.Find("key-1", kept.Id));
        Assert.Empty(Directory.GetFiles(Path.Combine(data, "files")));
        TemporaryFolder.Remove(data);

        FileStore Open() => new(data, IdSource.Random, time, NullLogger<FileStore>.Instance);
    }

    [Fact]
    public void What_a_kill_left_without_a_record_goes_at_the_next_start_and_what_belongs_to_a_damaged_record_stays()
    {
        using var data = new TemporaryFolder();
        var folder = Directory.CreateDirectory(data.File("files")).FullName;
        foreach (var name in (string[])["file-1.data", "file-2.data", "file-2.json"]) File.WriteAllText(Path.Combine(folder, name), "{");
        Assert.Empty(Files(data).Of("key-1"));
        Assert.Equal(["file-2.data", "file-2.json"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Parts_that_no_upload_names_go_at_the_next_start_unless_an_upload_cannot_be_read(bool hasDamaged)
    {
        using var data = new TemporaryFolder();
        var upload = Uploads().Begin("key-1", "a.txt", "user_data", 5, life: null);
        var folder = data.File("uploads");
        File.WriteAllText(Path.Combine(folder, "part_1.data"), "hello");
        if (hasDamaged) File.WriteAllText(Path.Combine(folder, "upload_2.json"), "{");
        Assert.Equal(upload.Id, Uploads().Find("key-1", upload.Id)?.Id);
        Assert.Equal(hasDamaged, File.Exists(Path.Combine(folder, "part_1.data")));

        UploadStore Uploads() => new(data.Path, Files(data), IdSource.Random, new FakeTimeProvider(), NullLogger<UploadStore>.Instance);
    }

    static FileStore Files(TemporaryFolder data) => new(data.Path, IdSource.Random, new FakeTimeProvider(), NullLogger<FileStore>.Instance);

    [Fact]
    public async Task Parts_become_one_file_in_the_order_that_the_client_names()
    {
        var upload = await BeginAsync(5);
        var (second, first) = (await PartAsync(upload, "\n{}"), await PartAsync(upload, "{}"));
        var done = await RunningServer.JsonAsync(await server.PostAsync($"/v1/uploads/{upload}/complete",
            new JsonObject { ["part_ids"] = new JsonArray(first, second), ["md5"] = "2db8c21c0a4f3ef96e1eb7a9b3d2a5e8" }.ToJsonString()));
        Assert.Equal("md5", (string)done["error"]!["param"]!);
        done = await RunningServer.JsonAsync(await server.PostAsync($"/v1/uploads/{upload}/complete",
            new JsonObject { ["part_ids"] = new JsonArray(first, second) }.ToJsonString()));
        Assert.Equal(("completed", "a.jsonl"), ((string)done["status"]!, (string)done["file"]!["filename"]!));
        Assert.Equal("{}\n{}", await server.Http.GetStringAsync($"/v1/files/{done["file"]!["id"]}/content", Stop));
        var over = await server.PostAsync($"/v1/uploads/{upload}/cancel", "{}");
        Assert.Equal(HttpStatusCode.BadRequest, over.StatusCode);
    }

    [Fact]
    public async Task Who_completes_an_upload_a_second_time_meanwhile_is_told_that_it_is_over()
    {
        var id = await BeginAsync(2);
        var part = await PartAsync(id, "{}");
        var pending = server.Part<UploadStore>().Find("anonymous", id)!;
        await server.PostAsync($"/v1/uploads/{id}/complete", new JsonObject { ["part_ids"] = new JsonArray(part) }.ToJsonString());
        var problem = new Problem();
        Assert.Null(await server.Part<UploadJoin>().RunAsync(pending, new([part], null), problem, Stop));
        Assert.Equal("invalid_upload_status", problem.First!.Code);
    }

    [Fact]
    public async Task What_is_announced_counts_before_it_is_there()
    {
        for (var i = 0; i < 16; i++) await BeginAsync(512 << 20);
        var full = await server.PostAsync("/v1/uploads", Announced(512 << 20));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, full.StatusCode);
    }

    [Fact]
    public async Task An_upload_holds_what_was_announced_and_can_be_cancelled()
    {
        var upload = await BeginAsync(3);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge,
            (await Forms.PostAsync(server, $"/v1/uploads/{upload}/parts", Forms.Part("{}{}"))).StatusCode);
        var part = await PartAsync(upload, "{}");
        var error = await RunningServer.ErrorAsync(await server.PostAsync($"/v1/uploads/{upload}/complete",
            new JsonObject { ["part_ids"] = new JsonArray(part) }.ToJsonString()));
        Assert.Equal("part_ids", (string?)error["param"]);
        var cancelled = await RunningServer.JsonAsync(await server.PostAsync($"/v1/uploads/{upload}/cancel", "{}"));
        Assert.Equal("cancelled", (string)cancelled["status"]!);
        Assert.Equal(HttpStatusCode.BadRequest, (await Forms.PostAsync(server, $"/v1/uploads/{upload}/parts", Forms.Part("{"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Forms.PostAsync(server, "/v1/uploads/upload_x/parts", Forms.Part("{"))).StatusCode);
    }

    async Task<string> BeginAsync(int bytes) =>
        (string)(await RunningServer.JsonAsync(await server.PostAsync("/v1/uploads", Announced(bytes))))["id"]!;

    static string Announced(int bytes) => new JsonObject
    {
        ["bytes"] = bytes,
        ["filename"] = "a.jsonl",
        ["mime_type"] = "application/jsonl",
        ["purpose"] = "fine-tune",
    }.ToJsonString();

    async Task<string> PartAsync(string upload, string text) => (string)(await RunningServer.JsonAsync(
        await Forms.PostAsync(server, $"/v1/uploads/{upload}/parts", Forms.Part(text))))["id"]!;

    async Task RefusedAsync(MultipartFormDataContent form, string param)
    {
        var http = await Forms.PostAsync(server, "/v1/files", form);
        Assert.Equal(HttpStatusCode.BadRequest, http.StatusCode);
        Assert.Equal(param, (string?)(await RunningServer.ErrorAsync(http))["param"]);
    }
}
