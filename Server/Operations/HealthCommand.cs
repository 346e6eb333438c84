// `health`: asks the server on this machine whether it lives and is ready, for images without curl. Knows addresses, no model.
using System.CommandLine;
using System.Net;
using Majlis.CommandLine;

namespace Majlis.Server.Operations;

static class HealthCommand
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(4);

    /// <param name="urls">The server's option --urls; the first address of TCP is asked.</param>
    /// <param name="internalUrls">The server's option --internal-urls: asked instead where it is given, since it needs no key.</param>
    public static Command Build(HostOption<string> urls, HostOption<string?> internalUrls)
    {
        (urls.Recursive, internalUrls.Recursive) = (true, true);
        var command = new Command("health", "Asks the server at --internal-urls or --urls how it is: exit 0 live and ready, 1 not.");
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(internalUrls) is { Length: > 0 } inside ? inside
            : parsed.GetValue(urls)!, cancel));
        return command;
    }

    /// <summary>Where a server that listens on these addresses is reached from its own machine; null where none is of TCP.</summary>
    public static Uri? Near(string urls)
    {
        var addresses = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(BindingAddress.Parse);
        if (addresses.FirstOrDefault(found => !found.IsUnixPipe && !found.IsNamedPipe) is not { } address) return null;
        var everywhere = address.Host is "+" or "*" or "0.0.0.0" or "[::]";
        return new UriBuilder(address.Scheme, everywhere ? "localhost" : address.Host, address.Port).Uri;
    }

    static async Task<int> RunAsync(string urls, CancellationToken cancel)
    {
        if (Near(urls) is not { } server) return await SayAsync($"'{urls}' names no address that can be asked.");
        // The certificate names the server as others see it, not this machine.
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
            UseProxy = false,
        };
        using var client = new HttpClient(handler) { BaseAddress = server, Timeout = patience };
        foreach (var path in new[] { "/health/live", "/health/ready" })
            if (await ProblemAsync(client, path, cancel) is { } problem) return await SayAsync(problem);
        return 0;
    }

    static async Task<string?> ProblemAsync(HttpClient client, string path, CancellationToken cancel)
    {
        try
        {
            using var reply = await client.GetAsync(path, cancel);
            return reply.IsSuccessStatusCode ? null
                : reply.StatusCode == HttpStatusCode.Unauthorized
                    ? $"{client.BaseAddress} wants a key for its health: give the server --internal-urls, or --open health."
                : $"{client.BaseAddress}{path[1..]}: {(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync(cancel)}";
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException)
        {
            return $"{client.BaseAddress}{path[1..]}: {silent.Message}";
        }
    }

    static async Task<int> SayAsync(string problem)
    {
        await Console.Error.WriteLineAsync(problem);
        return 1;
    }
}
