// Responses in the background that lost their server, or that nobody wants any more.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.Feedback.Store.Replies;
using Majlis.Server.Responses;
using Majlis.tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Server.Responses;

public sealed class UnwantedResponseTests : IAsyncLifetime
{
    const string Owner = "anonymous";

    readonly Gate gate = new();
    readonly FakeTimeProvider time = new();

    RunningServer server = null!;
    string id = null!;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await RunningServer.StartAsync(
            TinyModel.Of(new RecitingNetwork(KeepingServer.Text) { BeforeStep = gate.Pass }), options => options with { Redis = null },
            parts => parts with { Time = time });
        id = await Asked.LeaveAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        gate.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task What_no_server_runs_any_more_has_failed_until_it_is_there_after_all()
    {
        Assert.Equal("queued", (string?)(await GetAsync())["status"]);
        await server.Part<RedisConnection>().ReadAsync(database => database.KeyDeleteAsync(Keys.Running(id)));
        var lost = await GetAsync();
        Assert.Equal(("failed", "server_error"), ((string?)lost["status"], (string?)lost["error"]!["code"]));
        gate.Open();
        await Eventually.HoldsAsync("it is there", async () => (string?)(await GetAsync())["status"] == "completed");
    }

    [Fact]
    public async Task What_runs_is_said_again_and_again()
    {
        var connection = server.Part<RedisConnection>();
        await connection.ReadAsync(database => database.KeyDeleteAsync(Keys.Running(id)));
        time.Advance(RunningReplies.Pause);
        await Eventually.HoldsAsync("it is said", () => server.Part<RunningReplies>().IsSaidAsync(id));
        var life = await connection.ReadAsync(database => database.KeyTimeToLiveAsync(Keys.Running(id)));
        Assert.InRange(life!.Value, RunningReplies.Pause, 3 * RunningReplies.Pause);
    }

    [Fact]
    public async Task What_is_erased_elsewhere_ends_and_stays_away()
    {
        await EndsAsync(() => server.Part<ReplyStore>().EraseAsync(Owner));
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync(At, Stop)).StatusCode);
    }

    [Fact]
    public async Task What_another_server_cancels_ends()
    {
        await EndsAsync(() => server.Part<OwnResponses>().CancelAsync(Owner, id));
        Assert.Equal("cancelled", (string?)(await GetAsync())["status"]);
    }

    [Fact]
    public async Task A_cancelled_response_shows_what_was_written()
    {
        gate.Let(10);
        using var reply = await StreamAsync();
        using var lines = new StreamReader(await reply.Content.ReadAsStreamAsync(Stop));
        while (await lines.ReadLineAsync(Stop) != "event: response.output_text.delta") { }
        var cancelled = await RunningServer.JsonAsync(await server.PostAsync($"{At}/cancel", "{}"));
        Assert.Equal("cancelled", (string?)cancelled["status"]);
        Assert.Equal("incomplete", (string?)cancelled["output"]![0]!["status"]);
        Assert.StartsWith(Asked.TextOf(cancelled), KeepingServer.Text, StringComparison.Ordinal);
        Assert.NotEmpty(Asked.TextOf(cancelled));
    }

    // The engine stands still: the run cannot end otherwise.
    async Task EndsAsync(Func<Task> unwanted)
    {
        using var reply = await StreamAsync();
        await unwanted();
        time.Advance(RunningReplies.Pause);
        await Asked.EventsAsync(reply);
        gate.Open();
    }

    Task<HttpResponseMessage> StreamAsync() =>
        server.Http.GetAsync(new Uri($"{At}?stream=true", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Stop);

    Uri At => new($"{Asked.Path}/{id}", UriKind.Relative);

    async Task<JsonObject> GetAsync() => await RunningServer.JsonAsync(await server.Http.GetAsync(At, Stop));
}
