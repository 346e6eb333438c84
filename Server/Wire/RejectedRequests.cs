// Requests that Kestrel rejects before any middleware (a bad or too long request line, too large headers, a slow client): its empty reply
// is replaced by one with a reason. HTTP/2 has no such replies; over TLS they stay empty.
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Majlis.Server.Operations;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Majlis.Server.Wire;

/// <summary>Receives each rejected request from Kestrel, before its reply is written.</summary>
sealed class RejectedRequests(IdSource ids, TimeProvider time, ServerMetrics metrics, KestrelServerLimits limits)
    : IObserver<KeyValuePair<string, object?>>
{
    const string Rejected = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    /// <summary>Makes the reply on every connection replaceable.</summary>
    public static void Use(ListenOptions endpoint) => endpoint.Use(next => connection =>
    {
        var output = new MutedWriter(connection.Transport.Output);
        connection.Features.Set(output);
        connection.Transport = new Transport(connection.Transport.Input, output);
        return next(connection);
    });

    public static void Watch(IServiceProvider services) => services.GetRequiredService<DiagnosticListener>().Subscribe(
        new RejectedRequests(services.GetRequiredService<IdSource>(), services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ServerMetrics>(),
            services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits), name => name == Rejected);

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is not IFeatureCollection features) return;
        if (features.Get<IHttpResponseFeature>() is not { HasStarted: false } response) return;
        if (features.Get<IBadRequestExceptionFeature>()?.Error is not BadHttpRequestException rejected) return;
        metrics.Rejected(rejected.StatusCode);
        if (features.Get<MutedWriter>() is not { } output || features.Get<ITlsConnectionFeature>() is not null) return;
        var body = ErrorReply.ToBytes(ApiError.Rejected(rejected.StatusCode, Says(rejected)));
        var isHead = features.Get<IHttpRequestFeature>()?.Method == HttpMethods.Head;
        output.Replace([.. Encoding.ASCII.GetBytes(Head(rejected.StatusCode, response.Headers, body.Length)), .. isHead ? [] : body]);
    }

    // Keeps Kestrel's headers for this status, such as Allow, and adds those of the body.
    string Head(int status, IHeaderDictionary headers, int length)
    {
        headers.ContentLength = length;
        headers.ContentType = "application/json; charset=utf-8";
        headers.Connection = "close";
        headers.Date = time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        headers["x-request-id"] = ids.Next("req_");
        var lines = headers.Select(header => $"{header.Key}: {header.Value}\r\n");
        return $"HTTP/1.1 {status} {ReasonPhrases.GetReasonPhrase(status)}\r\n{string.Concat(lines)}\r\n";
    }

    string Says(BadHttpRequestException rejected) => rejected.StatusCode switch
    {
        StatusCodes.Status414UriTooLong => $"The request line is longer than {limits.MaxRequestLineSize} bytes.",
        StatusCodes.Status431RequestHeaderFieldsTooLarge =>
            $"The headers are larger than {limits.MaxRequestHeadersTotalSize} bytes or more than {limits.MaxRequestHeaderCount}.",
        StatusCodes.Status408RequestTimeout =>
            $"The request's headers did not come within {limits.RequestHeadersTimeout.TotalSeconds} seconds.",
        // Kestrel quotes the client's bytes only in its log.
        _ => rejected.Message.Replace(": ''", ".", StringComparison.Ordinal),
    };

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
