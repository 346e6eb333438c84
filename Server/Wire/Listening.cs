// Where the server may listen, held before it binds and once more after, whatever named the addresses; and what a person is told
// where it cannot. Knows no request.
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Majlis.Server.Wire;

static class Listening
{
    /// <summary>What is wrong with the addresses of --urls, a line each.</summary>
    public static IEnumerable<string> Refusals(IEnumerable<string> urls) => Refusals(urls.Select(url => ("--urls", (string?)url)));

    /// <summary>What is wrong with the addresses that Kestrel reads of its own, each under its key.</summary>
    public static IEnumerable<string> Refusals(IConfiguration configuration) => Refusals(
        configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => ($"{endpoint.Path}:Url", endpoint["Url"])));

    static IEnumerable<string> Refusals(IEnumerable<(string By, string? Url)> addresses) =>
        addresses.Select(address => (address.By, address.Url, Why: Refusal(address.Url))).Where(found => found.Why is not null)
            .Select(found => $"{found.By}: '{found.Url}' {found.Why}");

    /// <summary>Runs the app until it is told to stop.</summary>
    /// <exception cref="StartupException">It cannot or may not listen where it should.</exception>
    public static async Task ServeAsync(this WebApplication app)
    {
        try
        {
            await StartAsync(app);
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

    // Background work begins before the server binds, and what ends without being stopped is a failure to the host.
    static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.StopAsync();
            throw;
        }
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
