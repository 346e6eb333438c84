// One request of the Responses API, validated as far as possible without a model and without what is kept. Data only.
using System.Text.Json.Nodes;
using Majlis.Server.Chat;

namespace Majlis.Server.Responses;

sealed record ResponseRequest
{
    /// <summary>What is generated; its messages come from <see cref="Items"/>.</summary>
    public required ChatRequest Chat { get; init; }

    /// <summary>The items of this request, in the shape of the specification, with references to items of earlier responses.</summary>
    public required JsonArray Items { get; init; }

    /// <summary>A system message before everything; it is not carried on to later responses.</summary>
    public string? Instructions { get; init; }

    /// <summary>The response that this one goes on from.</summary>
    public string? Previous { get; init; }

    /// <summary>Null: the client does not say, and then it is kept if that is possible.</summary>
    public bool? Store { get; init; }

    /// <summary>The client is answered at once and asks for the response later.</summary>
    public bool Background { get; init; }

    /// <summary>Where the context is too long, the oldest turns are left out.</summary>
    public bool DropsOldest { get; init; }

    /// <summary>The fields of the reply that repeat the request.</summary>
    public required JsonObject Echo { get; init; }
}
