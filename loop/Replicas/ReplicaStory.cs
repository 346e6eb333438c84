// The story that scale.sh tells: three servers behave as one while a crowd chats and votes. A new version is promoted, each server is
// restarted, one is killed, the store is restarted. Fails where an acknowledged vote is lost or doubled, or a request fails for any reason
// but the kill. Knows no weights.
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Majlis.Feedback.Store;

namespace Majlis.loop.Replicas;

sealed class ReplicaStory(ReplicaSet replicas, Crowd crowd)
{
    const string Version = "v0001";

    /// <summary>Replies that are waited for between two events.</summary>
    const int Calm = 12;

    readonly List<(string What, string Result)> table = [];

    public static async Task<int> RunAsync(string model, string folder, string promptFile)
    {
        using var replicas = new ReplicaSet(model, folder);
        Say("three servers, a trainer, redis-server, nginx");
        NewVersion.Commit(model, replicas.Catalog, Version);
        var clock = Stopwatch.StartNew();
        await replicas.StartAsync();
        Say(Text($"all are ready after {clock.Elapsed.TotalSeconds:0.0} s"));
        using var crowd = new Crowd(replicas.Front, replicas.Key, File.ReadAllLines(promptFile));
        return await new ReplicaStory(replicas, crowd).TellAsync(clock);
    }

    async Task<int> TellAsync(Stopwatch clock)
    {
        clock.Restart();
        crowd.Start();
        await crowd.MoreAsync(Calm);
        await PromoteAsync();
        foreach (var server in replicas.Each) await RestartAsync(server);
        var killed = await KillAsync(replicas.Each[1]);
        await RestartStoreAsync();
        await crowd.EndAsync();
        var took = clock.Elapsed;
        return await JudgeAsync(killed, took) ? 0 : 1;
    }

    async Task PromoteAsync()
    {
        Begin($"{Version} is promoted");
        using var admin = new HttpClient { BaseAddress = replicas.Front };
        admin.DefaultRequestHeaders.Authorization = new("Bearer", replicas.Key);
        var clock = Stopwatch.StartNew();
        using var reply = await admin.PostAsJsonAsync($"/v1/catalog/versions/{Version}/promote", new { reason = "the story of scale.sh" });
        if (!reply.IsSuccessStatusCode)
            throw new HttpRequestException($"promotion: {(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync()}");
        var times = await Task.WhenAll(replicas.Each.Select(async server =>
        {
            await server.UntilAsync(async () => await replicas.ServedByAsync(server) == Version);
            return clock.Elapsed.TotalSeconds;
        }));
        table.Add(("a promotion through one, until the last of three serves it", Text($"{times.Max():0.0} s")));
        await crowd.MoreAsync(Calm);
    }

    async Task RestartAsync(Daemon server)
    {
        Begin($"{server.Name} is restarted (SIGTERM)");
        var before = crowd.Replies;
        var clock = Stopwatch.StartNew();
        await server.EndAsync();
        var drained = clock.Elapsed.TotalSeconds;
        server.Start();
        await replicas.ReadyAsync(server);
        table.Add(($"{server.Name} restarted: drained / ready again", Text($"{drained:0.0} s / {clock.Elapsed.TotalSeconds:0.0} s, ")
            + $"{crowd.Replies - before} replies meanwhile"));
        await crowd.MoreAsync(Calm);
    }

    /// <summary>The killed server's address.</summary>
    async Task<string> KillAsync(Daemon server)
    {
        Begin($"{server.Name} is killed (kill -9)");
        await server.KillAsync();
        await crowd.MoreAsync(Calm);
        server.Start();
        await replicas.ReadyAsync(server);
        await crowd.MoreAsync(Calm);
        return replicas.AddressOf(server);
    }

    async Task RestartStoreAsync()
    {
        Begin("redis-server is restarted");
        var (again, clock) = (crowd.Again, Stopwatch.StartNew());
        await replicas.Redis.EndAsync();
        replicas.Redis.Start();
        await replicas.RedisReadyAsync();
        table.Add(("redis-server restarted", Text($"{clock.Elapsed.TotalSeconds:0.0} s away")));
        await crowd.MoreAsync(2 * Calm);
        table.Add(("votes and battles told to come again while it was away", $"{crowd.Again - again}"));
    }

    async Task<bool> JudgeAsync(string killed, TimeSpan took)
    {
        var stored = await StoredAsync();
        var lost = crowd.Acknowledged.Count(battle => !stored.ContainsKey(battle));
        var doubled = stored.Count(battle => battle.Value > 1) + crowd.Acknowledged.Count - crowd.Acknowledged.Distinct().Count();
        var cut = crowd.Failures.Count(failure => failure.Stage.Contains("kill -9", StringComparison.Ordinal) && failure.Replica == killed);
        var other = crowd.Failures.Count - cut;
        table.Add(("replies through nginx", Text($"{crowd.Chats} chats, {crowd.Battles} battles in {took.TotalSeconds:0} s")));
        table.Add(("replies that named two versions", $"{crowd.Mixed}"));
        table.Add(("requests cut by the kill / failed otherwise", $"{cut} / {other}"));
        table.Add(("votes acknowledged: lost / doubled", $"{crowd.Acknowledged.Count}: {lost} / {doubled}"));
        foreach (var failure in crowd.Failures)
            Console.WriteLine($"failed while {failure.Stage}, at {failure.Replica ?? "no replica"}: {failure.What}");
        Console.WriteLine("\n| what | result |\n|---|---|");
        foreach (var (what, result) in table) Console.WriteLine($"| {what} | {result} |");
        var passes = lost == 0 && doubled == 0 && other == 0 && crowd.Mixed == 0 && crowd.Acknowledged.Count > 0;
        Console.WriteLine(passes ? "PASSED" : "FAILED");
        return passes;
    }

    /// <summary>How many votes the store holds of each battle.</summary>
    async Task<Dictionary<string, int>> StoredAsync()
    {
        await using var connection = new RedisConnection(new RedisOptions { Redis = replicas.Store, Patience = TimeSpan.FromSeconds(20) });
        var votes = new Dictionary<string, int>();
        await foreach (var vote in new VoteCursor(connection).ReadAsync(0))
            votes[vote.Vote.BattleId] = votes.GetValueOrDefault(vote.Vote.BattleId) + 1;
        return votes;
    }

    void Begin(string stage)
    {
        crowd.Stage = stage;
        Say(stage);
    }

    static void Say(string line) => Console.WriteLine($"== {line}");

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
