// Reads Cohere's citation_options. Their modes differ in how Cohere makes citations; here all but "off" mean the model's own.
using System.Text.Json;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class CitationOptionsReader
{
    // The specification writes them in capitals, the clients and the guides also in small letters.
    static readonly string[] modes = ["enabled", "fast", "accurate", "off", "disabled"];

    /// <summary>Whether citations are wanted; null where the request does not say.</summary>
    public static bool? Read(Fields fields)
    {
        if (fields.Of("citation_options", JsonValueKind.Object, "an object") is not { } given) return null;
        var options = new Fields(given, "citation_options", fields.Problem);
        var mode = options.Word("mode", modes, ignoresCase: true);
        options.Done();
        return mode.ToUpperInvariant() is not ("OFF" or "DISABLED");
    }
}
