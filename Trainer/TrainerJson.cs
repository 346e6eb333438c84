// How the trainer writes and reads JSON: a number that is not finite is written by its name, so that a record of a broken run is a record still.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Majlis.Trainer;

static class TrainerJson
{
    /// <summary>Names as they are in C#: logs, states, parts of a manifest.</summary>
    public static JsonSerializerOptions Plain { get; } = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>A round's stages, for people to read.</summary>
    public static JsonSerializerOptions Stages { get; } = new(Plain) { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}
