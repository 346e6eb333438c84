// The hub's HTTP: the model API, and ranges of files through its redirects. Retries what may pass and explains what will not.
// Knows nothing of the cache. Protocol: huggingface_hub's hf_api.py and file_download.py.
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Majlis.Hub;

/// <summary>One for all downloads of a pull. The token goes to the hub only, never to another host after a redirect.</summary>
public sealed class HubClient : IDisposable
{
    const int MostRedirects = 8;
    const int MostTries = 6;

    /// <summary>A hub that cannot be reached is given up sooner: what was pulled before may do.</summary>
    const int MostConnections = 3;

    /// <summary>A repository has at most some 100,000 files, of 300 bytes each in the listing.</summary>
    const long MostListingBytes = 64L << 20;

    static readonly TimeSpan longestWait = TimeSpan.FromMinutes(5);
    static readonly TimeSpan longestListing = TimeSpan.FromMinutes(5);

    readonly HttpClient http;
    readonly HubSettings settings;
    readonly Func<TimeSpan, CancellationToken, Task> wait;
    readonly TimeProvider time;

    /// <param name="settings">Endpoint and token.</param>
    /// <param name="time">For Retry-After dates and waiting.</param>
    /// <param name="wait">How to wait between tries; by default on <paramref name="time"/>.</param>
    public HubClient(HubSettings settings, TimeProvider time, Func<TimeSpan, CancellationToken, Task>? wait = null)
    {
        this.settings = settings;
        this.time = time;
        this.wait = wait ?? ((delay, stop) => Task.Delay(delay, time, stop));
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(20),
            AutomaticDecompression = DecompressionMethods.None
        })
        {
            Timeout = TimeSpan.FromMinutes(10),
        };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("majlis", "1.0"));
    }

    /// <summary>The commit a revision stands for, and its files with sizes and hashes.</summary>
    /// <exception cref="HubException">Not found, not allowed, or the hub does not answer.</exception>
    public Task<HubRepository> DescribeAsync(HubName name, CancellationToken stop)
    {
        var uri = new Uri($"{settings.Endpoint}/api/models/{name.Repository}/revision/{Uri.EscapeDataString(name.Revision)}?blobs=true");
        return TryAsync(name.ToString(), async () =>
        {
            using var response = await FollowAsync(uri, range: null, stop);
            await HubRefusal.ThrowIfAnyAsync(response, name.ToString(), settings.Token is not null, time, stop);
            await using var body = await ReadTimeoutStream.OfAsync(response, time, MostListingBytes, longestListing, stop);
            using var answer = await JsonDocument.ParseAsync(body, cancellationToken: stop);
            return HubRepository.Parse(answer.RootElement, name.ToString());
        }, stop);
    }

    /// <summary>
    /// Reads [<paramref name="from"/>, from + count) of a file and passes the bytes on as they come, with their distance from there. A
    /// broken or short answer is requested again.
    /// </summary>
    /// <param name="orToTheEnd">Whether to read to its end the whole file that a server without ranges sends.</param>
    /// <exception cref="HubException">The file changed, or the hub refused it.</exception>
    public Task ReadAsync(HubName name, string commit, HubFile file, long from, int count,
        Func<long, ReadOnlyMemory<byte>, ValueTask> take, CancellationToken stop, bool orToTheEnd = false)
    {
        if (count == 0) return Task.CompletedTask;
        var path = string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString));
        var uri = new Uri($"{settings.Endpoint}/{name.Repository}/resolve/{commit}/{path}");
        return TryAsync(file.Path, async () =>
        {
            using var response = await FollowAsync(uri, new RangeHeaderValue(from, from + count - 1), stop, file);
            await HubRefusal.ThrowIfAnyAsync(response, file.Path, settings.Token is not null, time, stop);
            await using var body = await ReadTimeoutStream.OfAsync(response, time, stop);
            var isWhole = response.StatusCode != HttpStatusCode.PartialContent;
            if (isWhole) await SkipAsync(body, from, stop);
            else CheckRange(response, file, from, count);
            await CopyAsync(body, isWhole && orToTheEnd ? file.Size - from : count, take, stop);
            return true;
        }, stop);
    }

    public void Dispose() => http.Dispose();

    /// <summary>
    /// Follows redirects itself: the hub's own answer carries the hash to compare, and another host must not see the token.
    /// </summary>
    async Task<HttpResponseMessage> FollowAsync(Uri uri, RangeHeaderValue? range, CancellationToken stop, HubFile? file = null)
    {
        for (var hop = 0; hop <= MostRedirects; hop++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            request.Headers.Range = range;
            if (settings.Token is not null && IsHub(uri))
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.Token);
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            if (file is not null && IsHub(uri)) CheckUnchanged(response, file);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } next)
                return response;
            uri = new Uri(uri, next);
            response.Dispose();
            if (uri.Scheme is not ("https" or "http")) break;
        }
        throw new HubException($"{uri}: the redirects do not end.");
    }

    bool IsHub(Uri uri) => new Uri(settings.Endpoint) is var hub && uri.Host == hub.Host && uri.Port == hub.Port
        && uri.Scheme == hub.Scheme;

    static void CheckUnchanged(HttpResponseMessage response, HubFile file)
    {
        if ((int)response.StatusCode >= 400) return;
        var tag = response.Headers.TryGetValues("X-Linked-ETag", out var linked) ? linked.First() : response.Headers.ETag?.Tag;
        if (tag is null || tag.Trim('"') == file.Blob) return;
        using (response)
            throw new HubException($"{file.Path}: the hub now has other bytes ({tag.Trim('"')}) than it listed ({file.Blob}); pull again.");
    }

    static void CheckRange(HttpResponseMessage response, HubFile file, long from, int count)
    {
        var given = response.Content.Headers.ContentRange;
        if (given?.From != from || given.To != from + count - 1 || given.Length is { } length && length != file.Size)
            throw new HubException($"{file.Path}: asked for bytes {from}-{from + count - 1} of {file.Size}, the server sent '{given}'.");
    }

    static async Task SkipAsync(Stream body, long count, CancellationToken stop)
    {
        var buffer = new byte[1 << 16];
        while (count > 0)
        {
            var got = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)), stop);
            if (got == 0) throw new IOException("the answer ended early");
            count -= got;
        }
    }

    static async Task CopyAsync(Stream body, long count, Func<long, ReadOnlyMemory<byte>, ValueTask> take, CancellationToken stop)
    {
        var buffer = new byte[1 << 17];
        for (var done = 0L; done < count;)
        {
            var got = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count - done)), stop);
            if (got == 0) throw new IOException($"the answer ended after {done} of {count} bytes");
            await take(done, buffer.AsMemory(0, got));
            done += got;
        }
    }

    /// <summary>
    /// Retries after a broken connection or a busy hub. Waits as long as the hub asks, else 1, 2, 4, ... seconds.
    /// </summary>
    async Task<T> TryAsync<T>(string what, Func<Task<T>> attempt, CancellationToken stop)
    {
        for (var tries = 1; ; tries++)
        {
            TimeSpan delay;
            try
            {
                return await attempt();
            }
            catch (HubBusyException busy) when (tries < MostTries)
            {
                delay = busy.RetryAfter(time.GetUtcNow()) ?? TimeSpan.FromSeconds(1 << (tries - 1));
                if (delay > longestWait) throw new HubException($"{what}: the hub asks to come back in {delay.TotalSeconds:0} s.", busy);
            }
            catch (Exception error) when (IsPassing(error, stop) && tries < (IsUnreachable(error) ? MostConnections : MostTries))
            {
                delay = TimeSpan.FromSeconds(1 << (tries - 1));
            }
            catch (Exception error) when (error is HubBusyException || IsPassing(error, stop))
            {
                var why = error is JsonException ? "it was not JSON" : error.Message;
                throw new HubException($"{what}: {settings.Endpoint} gave no good answer in {tries} tries: {why}", error);
            }
            await wait(delay, stop);
        }
    }

    static bool IsUnreachable(Exception error) =>
        error is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };

    static bool IsPassing(Exception error, CancellationToken stop) =>
        error is HttpRequestException or IOException or JsonException || error is OperationCanceledException
            && !stop.IsCancellationRequested;
}
