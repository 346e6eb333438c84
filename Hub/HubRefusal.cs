// Explains the hub's status codes: which will pass, and what a person can do about the others.
using System.Net;
using System.Net.Http.Headers;

namespace Majlis.Hub;

/// <summary>The hub is busy or broken for the moment.</summary>
sealed class HubBusyException(HttpStatusCode status, RetryConditionHeaderValue? after) : Exception($"status {(int)status}")
{
    /// <summary>How long the hub asks to wait; null where it does not say.</summary>
    public TimeSpan? RetryAfter(DateTimeOffset now) => after?.Delta
        ?? (after?.Date is { } date ? date > now ? date - now : TimeSpan.Zero : null);
}

static class HubRefusal
{
    public static async Task ThrowIfAnyAsync(HttpResponseMessage response, string what, bool hasToken, TimeProvider time,
        CancellationToken stop)
    {
        if (response.IsSuccessStatusCode) return;
        if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)response.StatusCode >= 500)
            throw new HubBusyException(response.StatusCode, response.Headers.RetryAfter);
        var code = response.Headers.TryGetValues("X-Error-Code", out var codes) ? codes.First() : null;
        var said = response.Headers.TryGetValues("X-Error-Message", out var messages) ? messages.First()
            : await ShortBodyAsync(response, time, stop);
        throw new HubException($"{what}: {Words(response.StatusCode, code, hasToken)}{(said.Length > 0 ? $" The hub says: {said}" : "")}");
    }

    static string Words(HttpStatusCode status, string? code, bool hasToken) => (status, code) switch
    {
        (_, "GatedRepo") => hasToken ? "the model is gated, and this token's account has not been granted access."
            : "the model is gated: accept its terms on the hub and set HF_TOKEN.",
        (_, "RevisionNotFound") => "there is no such revision.",
        (_, "EntryNotFound") => "there is no such file.",
        (HttpStatusCode.Unauthorized, _) => hasToken ? "the hub does not accept the token (HF_TOKEN)."
            : "there is no such model, or it is private: set HF_TOKEN to a token that may read it.",
        (HttpStatusCode.Forbidden, _) => "the hub forbids it; the token (HF_TOKEN) may lack the right to read.",
        (HttpStatusCode.NotFound, _) => "there is no such model on the hub.",
        _ => $"the hub answered {(int)status}.",
    };

    static async Task<string> ShortBodyAsync(HttpResponseMessage response, TimeProvider time, CancellationToken stop)
    {
        await using var body = await ReadTimeoutStream.OfAsync(response, time, stop);
        var buffer = new byte[300];
        var count = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stop);
        var text = System.Text.Encoding.UTF8.GetString(buffer, 0, count).Trim();
        return text.StartsWith('<') ? "" : text;
    }
}
