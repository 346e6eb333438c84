// Lets the server listen beyond loopback only where there are keys: checked before it binds, whatever names the addresses, and once after.
// Knows no request.
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Majlis.Server.Access;

sealed class ListeningCheck(IServer server, IConfiguration configuration, ServerOptions options, KeyRing ring, InternalAddresses inside,
    FirstKey first, TimeProvider time) : IHostedLifecycleService
{
    const string HowTo = "add one: key add NAME --role ROLE, or set " + AdminKey.Variable + ", or let the first start make one: "
        + "--first-key " + FirstKey.Print + ".";

    /// <summary>How long a store that is just starting is waited for, where the answer decides.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(10);

    static readonly TimeSpan glance = TimeSpan.FromSeconds(1);
    static readonly TimeSpan pause = TimeSpan.FromMilliseconds(250);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        string[] refusals = [.. Listening.Refusals(options.Addresses), .. Listening.Refusals(configuration)];
        ring.LoopbackOnly = refusals.Length == 0;
        ring.IsProxied = options.BehindProxy is not null || configuration["AllowedHosts"] is { Length: > 0 };
        var look = ring.LookAsync();
        // A store that hangs holds up no start on loopback: what the data folder remembers then counts until it answers.
        await Task.WhenAny(look, Task.Delay(glance, cancellationToken));
        if (ring.LoopbackOnly || ring.HasKeys) return;
        var away = await look is null ? null : await WaitAsync(cancellationToken);
        if (away is null && !ring.HasKeys && first.IsWanted)
        {
            await first.MakeAsync();
            away = await ring.LookAsync();
        }
        if (!ring.HasKeys) throw new StartupException([.. refusals, away is null ? $"There is no key; {HowTo}"
            : $"Whether there are keys cannot be told, since the store does not answer: {away}"]);
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var bound = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        string[] open = [.. bound.Where(url => !inside.Hold(url) && Listening.Refusals([url]).Any())];
        if (open.Length == 0) return Task.CompletedTask;
        ring.LoopbackOnly = false;
        return ring.HasKeys ? Task.CompletedTask : throw new StartupException(open.Select(url =>
            $"The server ends: what it is bound to, '{url}', can be reached from other machines, and there is no key; {HowTo}"));
    }

    // Gives why the store did not answer, or null.
    async Task<string?> WaitAsync(CancellationToken stop)
    {
        var since = time.GetTimestamp();
        using var timer = new PeriodicTimer(pause, time);
        string? away;
        while ((away = await ring.LookAsync()) is not null && time.GetElapsedTime(since) < patience)
            await timer.WaitForNextTickAsync(stop);
        return away;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
