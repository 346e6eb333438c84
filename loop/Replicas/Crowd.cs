// Clients who chat and vote through the front without a pause, and what became of each request. Knows one address and no replica.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;

namespace Majlis.loop.Replicas;

/// <param name="Stage">What was going on when it failed.</param>
/// <param name="Replica">The replica that had it, as the front names it; null where none is known.</param>
sealed record Failure(string Stage, string? Replica, string What);

sealed class Crowd(Uri front, string key, string[] prompts) : IDisposable
{
    const int Clients = 12;
    const int MaxTokens = 24;

    /// <summary>Between two tries of a vote that nobody took.</summary>
    static readonly TimeSpan pause = TimeSpan.FromMilliseconds(200);

    readonly CancellationTokenSource end = new();
    readonly ConcurrentBag<string> acknowledged = [];
    readonly ConcurrentBag<Failure> failures = [];
    Task clients = Task.CompletedTask;
    (int Chats, int Battles, int Mixed, int Again) counts;

    /// <summary>What is going on, for failures.</summary>
    public string Stage { get; set; } = "start";

    /// <summary>Chats and battles answered to their ends.</summary>
    public int Replies => counts.Chats + counts.Battles;
    public int Chats => counts.Chats;
    public int Battles => counts.Battles;

    /// <summary>Replies that named more than one version, or none.</summary>
    public int Mixed => counts.Mixed;

    /// <summary>Votes and battles that were refused for the moment, and sent again.</summary>
    public int Again => counts.Again;
    public IReadOnlyCollection<Failure> Failures => failures;

    /// <summary>Ids of the battles on which a vote was acknowledged.</summary>
    public IReadOnlyCollection<string> Acknowledged => acknowledged;

    public void Start() => clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(ClientAsync));

    /// <summary>Returns once this many more replies have ended.</summary>
    public async Task MoreAsync(int replies)
    {
        for (var goal = Replies + replies; Replies < goal; await Task.Delay(50))
            if (clients.IsCompleted) await clients;
    }

    /// <summary>Returns when every client has finished what it began.</summary>
    public async Task EndAsync()
    {
        await end.CancelAsync();
        await clients;
    }

    public void Dispose() => end.Dispose();

    async Task ClientAsync(int number)
    {
        var seen = new ReplicaSeen { InnerHandler = new SocketsHttpHandler() };
        using var client = new HttpClient(seen) { BaseAddress = front, Timeout = TimeSpan.FromMinutes(5) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        client.DefaultRequestHeaders.Add("X-Prompt-Cache-Key", $"client-{number}");
        for (var turn = number; !end.IsCancellationRequested; turn++)
        {
            var prompt = prompts[turn * Clients % prompts.Length];
            try
            {
                if (turn % 2 == 0) await ChatAsync(client, prompt);
                else await BattleAsync(client, prompt);
            }
            catch (Exception cut) when (cut is HttpRequestException or IOException)
            {
                failures.Add(new Failure(Stage, seen.Last, cut.Message));
            }
        }
    }

    async Task ChatAsync(HttpClient client, string prompt)
    {
        var versions = new HashSet<string>();
        var body = new { model = "current", messages = Question.Plain(prompt).Messages, max_tokens = MaxTokens, stream = true };
        await foreach (var chunk in Sse.PostAsync(client, "/v1/chat/completions", body))
            versions.Add(chunk.GetProperty("model").GetString()!);
        if (versions.Count != 1) Interlocked.Increment(ref counts.Mixed);
        Interlocked.Increment(ref counts.Chats);
    }

    async Task BattleAsync(HttpClient client, string prompt)
    {
        var battle = await InsistAsync(() => ScriptedRater.OpenAsync(client, Question.Plain(prompt), MaxTokens), alsoCut: false);
        Interlocked.Increment(ref counts.Battles);
        // A vote is the same however often it is sent, so a client sends it until somebody has taken it.
        await InsistAsync(() => ScriptedRater.VoteAsync(client, battle), alsoCut: true);
        acknowledged.Add(battle.Id);
    }

    async Task<T> InsistAsync<T>(Func<Task<T>> send, bool alsoCut)
    {
        while (true)
            try
            {
                return await send();
            }
            catch (HttpRequestException refused) when (refused.StatusCode == HttpStatusCode.ServiceUnavailable
                || (alsoCut && refused.StatusCode is null or HttpStatusCode.BadGateway))
            {
                Interlocked.Increment(ref counts.Again);
                await Task.Delay(pause);
            }
    }

    /// <summary>Remembers which replica answered a client's last request.</summary>
    sealed class ReplicaSeen : DelegatingHandler
    {
        public string? Last { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Last = null;
            var reply = await base.SendAsync(request, cancellationToken);
            // Where a replica could not be reached the front names it too, before the one that answered.
            Last = reply.Headers.TryGetValues("X-Replica", out var replicas) ? replicas.First().Split(',')[^1].Trim() : null;
            return reply;
        }
    }
}
