// /health/live: does decoding make progress? /health/ready, and /health as other model servers call it: are weights loaded, and does the
// vote store answer? /metrics: Prometheus' text format. Knows no requests.
using System.Text.Json.Serialization;
using Majlis.Feedback.Store;
using Majlis.Inference;
using Majlis.Server.Access;
using Majlis.Server.Arena;
using Majlis.Server.Reference;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Http.HttpResults;
using Prometheus;

namespace Majlis.Server.Operations;

static class HealthEndpoints
{
    /// <summary>A step that takes longer counts as hanging. A long prompt on a slow machine takes less.</summary>
    static readonly TimeSpan longestStep = TimeSpan.FromMinutes(2);

    /// <summary>A probe may wait a second; a store that hangs must not make the server look hung.</summary>
    static readonly TimeSpan storePatience = TimeSpan.FromMilliseconds(300);

    public static void MapHealth(this WebApplication app, ServerOptions options)
    {
        app.MapGet("/health/live", Live).ForOperators(options.Opens(ServerOptions.Health))
            .Says("Whether decoding moves.");
        foreach (var path in new[] { "/health", "/health/ready" })
            app.MapGet(path, ReadyAsync).ForOperators(options.Opens(ServerOptions.Health)).Says("Whether weights and store are there.");
        app.MapMetrics("/metrics", app.Services.GetRequiredService<ServerMetrics>().Registry)
            .ForOperators(options.Opens(ServerOptions.Metrics));
    }

    static JsonHttpResult<HealthReply> Live(Engine engine, TimeProvider time)
    {
        var progress = engine.Progress;
        var stuck = IsStuck(engine, time);
        return Reply(!stuck, new HealthReply(stuck ? "stuck" : "live")
        {
            Steps = progress.Steps,
            Running = progress.Running,
            Waiting = progress.Waiting,
        });
    }

    static async Task<JsonHttpResult<HealthReply>> ReadyAsync(LiveModel live, RedisConnection redis, VoterCookie voters, TimeProvider time,
        IHostApplicationLifetime lifetime)
    {
        var model = live.Current;
        var draining = lifetime.ApplicationStopping.IsCancellationRequested;
        var status = draining ? "draining" : model is null ? "loading" : "ready";
        // Chats are still answered without the vote store: its state is reported but does not make the server unready.
        var votes = await VotesAsync(redis, voters, time);
        return Reply(status == "ready", new HealthReply(status) { Model = model?.Version, Votes = votes });
    }

    public static bool IsStuck(Engine engine, TimeProvider time) => engine.Progress.IsStuck(time, longestStep);

    public static async Task<VoteHealth> VotesAsync(RedisConnection redis, VoterCookie voters, TimeProvider time)
    {
        try
        {
            var store = await voters.ReadinessAsync(redis).WaitAsync(storePatience, time);
            return new VoteHealth(store.TakesVotes, store.SaysAll);
        }
        catch (TimeoutException)
        {
            return new VoteHealth(false, $"The vote store does not answer within {storePatience.TotalMilliseconds} ms.");
        }
    }

    static JsonHttpResult<HealthReply> Reply(bool well, HealthReply reply) =>
        TypedResults.Json(reply, WireJson.Wire.HealthReply,
            statusCode: well ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}

sealed record HealthReply(string Status)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Steps { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Running { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Waiting { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VoteHealth? Votes { get; init; }
}

sealed record VoteHealth(bool Taken, string Says);
