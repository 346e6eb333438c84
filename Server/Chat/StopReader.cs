// The texts that end an answer: one or several. Knows no tokens.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class StopReader
{
    const int Most = 16;
    const int Longest = 1024;

    public static ImmutableArray<string> Read(Fields fields)
    {
        if (fields.Any("stop") is not { } stop) return [];
        JsonElement[] items = stop.ValueKind == JsonValueKind.Array ? [.. stop.EnumerateArray()] : [stop];
        if (items.FirstOrDefault(item => item.ValueKind != JsonValueKind.String) is { ValueKind: not JsonValueKind.Undefined } other)
            fields.Problem.Add(ApiError.WrongType("stop", "a string or an array of strings", Fields.Kind(other)));
        else if (items.Length > Most || items.Any(item => item.GetString()!.Length is 0 or > Longest))
            fields.Problem.Add(ApiError.InvalidValue("stop",
                $"Invalid 'stop': up to {Most} sequences, none of them empty or longer than {Longest} characters."));
        else
            return [.. items.Select(item => item.GetString()!)];
        return [];
    }
}
