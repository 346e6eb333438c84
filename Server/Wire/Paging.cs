// The query of a list as OpenAI's API has it: limit, after, order. Knows no list's items.
using System.Globalization;

namespace Majlis.Server.Wire;

/// <param name="After">The id of the last item that the client has seen; null: from the beginning.</param>
/// <param name="NewestFirst">OpenAI's order <c>desc</c>, its default.</param>
sealed record Paging(int Limit, string? After, bool NewestFirst)
{
    const int UsualLimit = 20, MostLimit = 100;

    /// <summary>OpenAI's limit of a list of files, which is also its default.</summary>
    public const int MostFiles = 10_000;

    static readonly string[] names = ["limit", "after", "order"];

    /// <summary>The page asked for, or null with the reason in <paramref name="problem"/>.</summary>
    /// <param name="others">Further names that the query may hold.</param>
    public static Paging? Read(IQueryCollection query, Problem problem, params string[] others) =>
        Read(query, problem, UsualLimit, MostLimit, others);

    /// <summary>The same of a list with a limit of its own.</summary>
    public static Paging? Read(IQueryCollection query, Problem problem, int usual, int most, string[] others)
    {
        foreach (var name in query.Keys.Except(names).Except(others)) problem.Add(ApiError.UnknownField(name));
        var limit = usual;
        if (query.TryGetValue("limit", out var asked)
            && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit < 1 || limit > most))
            problem.Add(ApiError.InvalidValue("limit", $"Invalid 'limit': a whole number between 1 and {most} is expected."));
        var order = query.TryGetValue("order", out var given) ? given.ToString() : "desc";
        if (order is not ("asc" or "desc"))
            problem.Add(ApiError.InvalidValue("order", "Invalid 'order'. Supported values are: 'asc', 'desc'."));
        var after = query.TryGetValue("after", out var seen) ? seen.ToString() : null;
        return problem.First is null ? new(limit, after, order == "desc") : null;
    }

    public ApiError UnknownAfter() => ApiError.InvalidValue("after", $"Invalid 'after': there is no item '{After}' in this list.");
}

/// <summary>A page of a list in OpenAI's shape.</summary>
sealed record ListPage<T>(string Object, IReadOnlyList<T> Data, string? FirstId, string? LastId, bool HasMore)
{
    public static ListPage<T> Of(IReadOnlyList<T> data, Func<T, string> id, bool hasMore) =>
        new("list", data, data.Count > 0 ? id(data[0]) : null, data.Count > 0 ? id(data[^1]) : null, hasMore);

    /// <summary>A page of a list that is here as a whole, in its order; null where nothing in it has the id to go on after.</summary>
    public static ListPage<T>? After(IReadOnlyList<T> all, Paging paging, Func<T, string> id)
    {
        var start = paging.After is { } after ? all.ToList().FindIndex(item => id(item) == after) + 1 : 0;
        if (start == 0 && paging.After is not null) return null;
        return Of([.. all.Skip(start).Take(paging.Limit)], id, all.Count - start > paging.Limit);
    }
}
