// The ends of every connection: how many there are, how large a request's head and body, how long an idle or slow client is waited for.
// Knows no endpoint and no key.
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Majlis.Server.Connections;

public sealed record ConnectionLimits
{
    /// <summary>Connections in all; further ones are closed at once.</summary>
    public int Most { get; init; } = 4096;

    /// <summary>Connections of one client (<see cref="AddressLimit"/>); further ones are closed at once.</summary>
    public int MostOfClient { get; init; } = 1024;

    /// <summary>Bytes of a request's headers together.</summary>
    public int HeaderBytes { get; init; } = 32 << 10;

    /// <summary>Headers of a request.</summary>
    public int Headers { get; init; } = 100;

    /// <summary>From a request's first byte to the end of its headers.</summary>
    public TimeSpan HeaderPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may be idle between requests; longer than proxies keep theirs (nginx: 60 s).</summary>
    public TimeSpan IdlePatience { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>Bytes a second below which a client that sends a body, or reads a reply, is cut.</summary>
    public double SlowestRate { get; init; } = 240;

    /// <summary>How long it may be slower.</summary>
    public TimeSpan SlowPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Requests at a time on one HTTP/2 connection.</summary>
    public int Streams { get; init; } = 100;

    internal void Configure(KestrelServerOptions kestrel)
    {
        var limits = kestrel.Limits;
        (limits.MaxConcurrentConnections, limits.MaxRequestBodySize) = (Most, RequestBody.Limit);
        (limits.MaxRequestHeadersTotalSize, limits.MaxRequestHeaderCount) = (HeaderBytes, Headers);
        (limits.RequestHeadersTimeout, limits.KeepAliveTimeout) = (HeaderPatience, IdlePatience);
        limits.MinRequestBodyDataRate = limits.MinResponseDataRate = new MinDataRate(SlowestRate, SlowPatience);
        limits.Http2.MaxStreamsPerConnection = Streams;
        // Finds HTTP/2 clients that are gone without a word.
        (limits.Http2.KeepAlivePingDelay, limits.Http2.KeepAlivePingTimeout) = (TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(20));
        var clients = kestrel.ApplicationServices.GetRequiredService<AddressLimit>();
        kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            clients.Use(endpoint);
            RejectedRequests.Use(endpoint);
        });
    }
}
