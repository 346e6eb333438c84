// What is known of one request when it has ended: times, tokens, who and what. The request's own flow writes it; metrics, log and traces
// read it. Holds no text.
using System.Collections.Immutable;
using Majlis.Server.Runs;
using Microsoft.AspNetCore.Http.Features;

namespace Majlis.Server.Operations;

/// <param name="arrived">Timestamp of the server's TimeProvider.</param>
sealed class RequestRecord(long arrived)
{
    public long Arrived => arrived;

    /// <summary>The reply broke off after its start.</summary>
    public bool IsBroken { get; set; }

    /// <summary>What was generated; null where the request generates nothing, or was refused before.</summary>
    public GenerationRun? Run { get; set; }

    /// <summary>What an encoder read: its name and the tokens; null where none did.</summary>
    public (string Model, int Tokens)? Encoded { get; set; }

    public int CachedTokens { get; set; }

    public int OutputTokens { get; set; }

    /// <summary>From the engine's queue to the first step, of the answer that began first.</summary>
    public TimeSpan? Queued { get; set; }

    /// <summary>From the request's arrival to its first token.</summary>
    public TimeSpan? FirstToken { get; set; }

    /// <summary>Why its answers ended, in the API's words.</summary>
    public ImmutableArray<string> Finishes { get; set; } = [];

    public static RequestRecord Of(HttpContext http) => http.Features.GetRequiredFeature<RequestRecord>();
}
