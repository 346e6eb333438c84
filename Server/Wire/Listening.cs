// Where the server may listen. Addresses from every source are checked before it binds and once after; a failure is explained to the person
// who started it. Knows no request.
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Majlis.Server.Wire;

static class Listening
{
    /// <summary>Problems with the addresses of --urls, one line each.</summary>
    public static IEnumerable<string> Refusals(IEnumerable<string> urls) => Refusals(urls.Select(url => ("--urls", (string?)url)));

    /// <summary>Problems with the addresses in Kestrel's own configuration, each under its key.</summary>
    public static IEnumerable<string> Refusals(IConfiguration configuration) => Refusals(
        configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => ($"{endpoint.Path}:Url", endpoint["Url"])));

    static IEnumerable<string> Refusals(IEnumerable<(string By, string? Url)> addresses) =>
        addresses.Select(address => (address.By, address.Url, Why: Refusal(address.Url))).Where(found => found.Why is not null)
            .Select(found => $"{found.By}: '{found.Url}' {found.Why}");

    /// <summary>Runs the app until it is told to stop.</summary>
    /// <exception cref="StartupException">It cannot listen on an address, or must not.</exception>
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

    // Background work starts before the server binds, and the host reports work that ends without a stop as a failure.
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

    // Kestrel's exception names the address only in its message, as a URL.
    static string InUse(string said)
    {
        var url = said.Split(' ').FirstOrDefault(word => word.Contains("://", StringComparison.Ordinal))?.TrimEnd(':', '.');
        var place = url is not null && BindingAddress.Parse(url) is { IsUnixPipe: false, IsNamedPipe: false } address
            ? $"port {address.Port} on {address.Host.Trim('[', ']')}" : url ?? said;
        return $"{place} is in use by another program; end it, or choose another address with --urls http://127.0.0.1:PORT.";
    }

    /// <summary>Fails the start where the server is bound to a forbidden address.</summary>
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
