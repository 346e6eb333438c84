// Reads an array of token ids out of a request. Knows no vocabulary.
using System.Text.Json;
using Majlis.Server.Wire;

namespace Majlis.Server.Tokens;

static class TokenIdReader
{
    /// <summary>The most ids that are read in one array.</summary>
    public const int Most = 1 << 18;

    /// <summary>The ids, or none with the reason in <paramref name="problem"/>.</summary>
    /// <param name="name">The array's path in the request.</param>
    public static int[] Read(JsonElement array, string name, Problem problem)
    {
        var count = array.GetArrayLength();
        if (count > Most)
        {
            problem.Add(ApiError.TooMany(name, count, Most));
            return [];
        }
        var (ids, at) = (new int[count], 0);
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number)
                problem.Add(ApiError.WrongType($"{name}[{at}]", "a token id", Fields.Kind(item)));
            else if (!item.TryGetInt32(out ids[at]) || ids[at] < 0)
                problem.Add(ApiError.InvalidValue($"{name}[{at}]", $"Invalid '{name}[{at}]': a token id is an integer from 0 on."));
            if (problem.First is not null) return [];
            at++;
        }
        return ids;
    }

    /// <summary>Adds a problem where an id is none of the model's.</summary>
    public static void CheckRange(ReadOnlySpan<int> ids, string name, int vocabularySize, Problem problem)
    {
        var at = ids.IndexOfAnyExceptInRange(0, vocabularySize - 1);
        if (at >= 0)
            problem.Add(ApiError.InvalidValue($"{name}[{at}]",
                $"Invalid '{name}[{at}]': {ids[at]}; this model's tokens are 0 to {vocabularySize - 1}."));
    }
}
