// An OTLP collector on loopback: takes what is sent to /v1/traces and /v1/metrics in protobuf over HTTP, and reads it by the numbers of
// https://github.com/open-telemetry/opentelemetry-proto.
using System.Collections.Concurrent;
using System.Text;
using Majlis.tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Majlis.tests.Server.Operations;

/// <summary>A span as it was received; ids in hexadecimal.</summary>
sealed record ReceivedSpan(string Trace, string Id, string Parent, string Name, ulong Kind, IReadOnlyDictionary<string, object> Tags);

/// <summary>A point of a histogram as it was received.</summary>
sealed record ReceivedHistogram(string Name, string Unit, ulong Count, double Sum, IReadOnlyDictionary<string, object> Tags);

sealed class OtlpReceiver : IAsyncDisposable
{
    readonly WebApplication app;
    readonly ConcurrentQueue<(string Path, byte[] Body)> received = new();

    OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false"]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.MapPost("/{**path}", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            received.Enqueue((request.Path, body.ToArray()));
        });
    }

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver.app.StartAsync();
        return receiver;
    }

    public string Address => app.Urls.Single();

    /// <summary>Whether any body holds this text anywhere.</summary>
    public bool Holds(string text) => received.Any(one => one.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public List<ReceivedSpan> Spans() =>
        [.. from one in Bodies("/v1/traces") from scope in one.All(1, 2) from span in scope.All(2) select SpanOf(span)];

    public List<ReceivedHistogram> Histograms() =>
        [.. from one in Bodies("/v1/metrics") from scope in one.All(1, 2) from metric in scope.All(2)
            from point in metric.All(9, 1)
            select new ReceivedHistogram(metric.One(1).Text, metric.One(3).Text, point.One(4).Number,
                BitConverter.UInt64BitsToDouble(point.One(5).Number), TagsOf(point.All(9)))];

    /// <summary>Names and versions in the resources of what was received.</summary>
    public List<(string Name, string Version)> Services() =>
        [.. Bodies("/v1/traces").SelectMany(one => one.All(1, 1)).Select(resource => TagsOf(resource.All(1)))
            .Select(tags => ((string)tags["service.name"], (string)tags["service.version"]))];

    public ValueTask DisposeAsync() => app.DisposeAsync();

    IEnumerable<ProtobufMessage> Bodies(string path) =>
        received.Where(one => one.Path == path).Select(one => ProtobufMessage.Of(one.Body));

    static ReceivedSpan SpanOf(ProtobufMessage span) => new(span.One(1).Hex, span.One(2).Hex, span.One(4).Hex, span.One(5).Text,
        span.One(6).Number, TagsOf(span.All(9)));

    static Dictionary<string, object> TagsOf(IEnumerable<ProtobufMessage> pairs) =>
        pairs.ToDictionary(pair => pair.One(1).Text, pair => ValueOf(pair.One(2)));

    static object ValueOf(ProtobufMessage value) => value.All(1).FirstOrDefault() is { } text ? text.Text
        : value.All(3).FirstOrDefault() is { } whole ? (long)whole.Number
        : value.All(4).FirstOrDefault() is { } real ? BitConverter.UInt64BitsToDouble(real.Number)
        : string.Join(',', value.All(5, 1).Select(ValueOf));
}
