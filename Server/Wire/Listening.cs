// Where the server listens: addresses that only this machine reaches, those that others reach, and texts that are none. A failure to listen
// is explained to the person who started it. Knows no key and no request.
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Majlis.Server.Wire;

static class Listening
{
    const string NoAddress = "is not an address like http://127.0.0.1:8080.";

    /// <summary>Addresses of an option that are none, one line each.</summary>
    public static IEnumerable<string> Malformed(string option, IEnumerable<string> urls) =>
        urls.Where(url => Refusal(url) == NoAddress).Select(url => $"{option}: '{url}' {NoAddress}");

    /// <summary>Why the addresses of --urls are not for a server without keys, one line each.</summary>
    public static IEnumerable<string> Refusals(IEnumerable<string> urls) => Refusals(urls.Select(url => ("--urls", (string?)url)));

    /// <summary>The same of the addresses in Kestrel's own configuration, each under its key.</summary>
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
                : "can be reached from other machines, and no keys are configured; without them only loopback and unix sockets are taken.";
        }
        catch (FormatException)
        {
            return NoAddress;
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
}
