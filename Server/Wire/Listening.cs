// Where the server may listen, held before it binds and once more after, whatever named the addresses; and what a person is told
// where it cannot. Knows no request.
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Majlis.Server.Wire;

static class Listening
{
    /// <summary>What is wrong with the addresses, each under the name it was given by: --urls or a key of configuration.</summary>
    public static IEnumerable<string> Refusals(IEnumerable<string> urls, IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren()
            .Select(endpoint => (By: $"{endpoint.Path}:Url", Url: endpoint["Url"]));
        foreach (var (by, url) in urls.Select(url => (By: "--urls", Url: (string?)url)).Concat(endpoints))
            if (Refusal(url) is { } why) yield return $"{by}: '{url}' {why}";
    }

    /// <summary>Runs the app until it is told to stop.</summary>
    /// <exception cref="StartupException">It cannot or may not listen where it should.</exception>
    public static async Task ServeAsync(this WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            throw new StartupException(InUse(taken.Message));
        }
        catch (SocketException refused)
        {
            throw new StartupException(
                $"{string.Join(", ", app.Urls)} cannot be listened on ({refused.Message}); "
                    + "choose another address with --urls http://127.0.0.1:PORT.");
        }
        await app.WaitForShutdownAsync();
    }

    static string? Refusal(string? url)
    {
        try
        {
            return url is not null && Loopback.IsListening(url) ? null
                : "can be reached from other machines, and no keys are configured; only loopback addresses and unix sockets are taken.";
        }
        catch (FormatException)
        {
            return "is not an address like http://127.0.0.1:8080.";
        }
    }

    // Kestrel's exception names the address in its text alone, as a URL.
    static string InUse(string said)
    {
        var url = said.Split(' ').FirstOrDefault(word => word.Contains("://", StringComparison.Ordinal))?.TrimEnd(':', '.');
        var place = url is not null && BindingAddress.Parse(url) is { IsUnixPipe: false, IsNamedPipe: false } address
            ? $"port {address.Port} on {address.Host.Trim('[', ']')}" : url ?? said;
        return $"{place} is in use by another program; end it, or choose another address with --urls http://127.0.0.1:PORT.";
    }

    /// <summary>Ends the start where the server is bound to an address it may not listen on.</summary>
    public sealed class BoundCheck(IServer server) : IHostedLifecycleService
    {
        public Task StartedAsync(CancellationToken cancellationToken)
        {
            var bound = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            var refusals = bound.Select(url => (Url: url, Why: Refusal(url))).Where(found => found.Why is not null)
                .Select(found => $"The server ends: what it is bound to, '{found.Url}', {found.Why}").ToArray();
            return refusals.Length == 0 ? Task.CompletedTask : throw new StartupException(refusals);
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
