// One line for every request with --log json, and one for every change by an admin in any case. No line holds a text of users: a path is
// its template, but in an admin's line, where it names what was changed.
using System.Diagnostics;
using Majlis.Server.Access;
using Microsoft.AspNetCore.Authorization;

namespace Majlis.Server.Operations;

sealed partial class RequestLog(ILogger<RequestLog> log, ServerOptions options)
{
    public void Ended(RequestRecord record, HttpContext http, TimeSpan took)
    {
        var (key, method, status) = (http.User.Identity?.Name, http.Request.Method, RequestObservation.StatusOf(http));
        var id = http.Response.Headers["x-request-id"].ToString();
        if (IsChangeByAdmin(http)) AdminChanged(key, method, http.Request.Path.ToUriComponent(), status, id);
        if (options.Log != ServerOptions.JsonLog) return;
        var run = record.Run;
        Answered(id, key, RequestObservation.RoleOf(http), method, RequestObservation.PathOf(http), status, took.TotalSeconds,
            run?.Version ?? record.Encoded?.Model, run?.PromptTokens ?? record.Encoded?.Tokens,
            run is null ? null : record.CachedTokens, run is null ? null : record.OutputTokens,
            record.Queued?.TotalSeconds, record.FirstToken?.TotalSeconds, record.IsBroken, Activity.Current?.TraceId.ToHexString());
    }

    static bool IsChangeByAdmin(HttpContext http) => !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method)
        && http.GetEndpoint()?.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(needed => needed.Roles == Roles.Admin) == true;

    [LoggerMessage(20, LogLevel.Information, "{Id} {Key} ({Role}) {Method} {Path} {Status} {Seconds} s; version {Version}, "
        + "tokens {PromptTokens} ({CachedTokens} cached) and {OutputTokens}, queued {QueueSeconds} s, first token {FirstTokenSeconds} s, "
        + "broken {Broken}, trace {TraceId}")]
    partial void Answered(string id, string? key, string role, string method, string path, int status, double seconds, string? version,
        int? promptTokens, int? cachedTokens, int? outputTokens, double? queueSeconds, double? firstTokenSeconds, bool broken,
        string? traceId);

    [LoggerMessage(21, LogLevel.Information, "Admin {Key} asked to change: {Method} {Path}, answered {Status} ({Id}).")]
    partial void AdminChanged(string? key, string method, string path, int status, string id);
}
