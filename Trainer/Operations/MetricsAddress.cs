// The addresses of --metrics-urls, and the listeners on them: prometheus-net's own, so that the trainer needs no web server. Knows no
// metric.
using System.Net;
using Prometheus;

namespace Majlis.Trainer.Operations;

/// <summary>Listens until disposed.</summary>
sealed class MetricsAddress : IDisposable
{
    readonly List<MetricServer> servers = [];

    /// <exception cref="IOException">An address cannot be listened on; the message names it.</exception>
    public MetricsAddress(IEnumerable<string> urls, CollectorRegistry registry)
    {
        foreach (var url in urls) Listen(url, registry);
    }

    public static string[] Split(string? urls) =>
        urls?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>What is wrong with the option's value, a line each.</summary>
    public static IEnumerable<string> Problems(string? urls) => Split(urls).Where(url => Parse(url) is null)
        .Select(url => $"--metrics-urls: '{url}' is no address like http://127.0.0.1:9091 (http only, with a port, without a path).");

    public void Dispose()
    {
        foreach (var server in servers) server.Dispose();
    }

    void Listen(string url, CollectorRegistry registry)
    {
        var at = Parse(url)!;
        // HttpListener's way of writing all addresses of the machine.
        var host = at.Host is "0.0.0.0" or "[::]" ? "*" : at.Host;
        var server = new MetricServer(host, at.Port, registry: registry);
        try
        {
            server.Start();
            servers.Add(server);
        }
        catch (Exception taken) when (taken is HttpListenerException or System.Net.Sockets.SocketException)
        {
            Dispose();
            throw new IOException($"--metrics-urls: {url} cannot be listened on: {taken.Message}", taken);
        }
    }

    static Uri? Parse(string url) => Uri.TryCreate(url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal)
            .Replace("://+", "://0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var at)
        && at is { Scheme: "http", AbsolutePath: "/", Port: > 0, Query: "", UserInfo: "" } ? at : null;
}
