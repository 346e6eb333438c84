// How the trainer writes and reads JSON. A number that is not finite is written by its name, so that a broken run's record stays
// readable.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Majlis.Trainer;

static class TrainerJson
{
    /// <summary>Names as in C#: logs, states, parts of a manifest.</summary>
    public static JsonSerializerOptions Plain { get; } = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>A round's stages, for people to read.</summary>
    public static JsonSerializerOptions Stages { get; } = new(Plain)
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };
}
