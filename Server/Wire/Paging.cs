// The query of a list as OpenAI's API has it: limit, after, order, of some lists before. Knows no list's items.
using System.Globalization;

namespace Majlis.Server.Wire;

/// <param name="After">The id of the last item that the client has seen; null: from the beginning.</param>
/// <param name="NewestFirst">OpenAI's order <c>desc</c>, its default.</param>
/// <param name="Before">The id of the first item that the client has seen, of lists that can be read backwards.</param>
sealed record Paging(int Limit, string? After, bool NewestFirst, string? Before = null)
{
    /// <summary>The name that a list which can be read backwards allows besides.</summary>
    public const string Backwards = "before";

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
        return problem.First is null ? new(limit, Cursor("after"), order == "desc", Cursor(Backwards)) : null;

        string? Cursor(string name) => query.TryGetValue(name, out var id) ? id.ToString() : null;
    }

    public ApiError UnknownAfter() => Unknown("after", After);

    /// <summary>The items that make up the page, and whether more follow as it is read; null where a cursor is not in the list.</summary>
    public (Range Items, bool HasMore)? Cut(List<string> ids, Problem problem)
    {
        var start = After is null ? 0 : ids.IndexOf(After) + 1;
        if (After is not null && start == 0) problem.Add(UnknownAfter());
        var end = Before is null ? ids.Count : ids.IndexOf(Before);
        if (end < 0) problem.Add(Unknown(Backwards, Before));
        if (problem.First is not null) return null;
        end = Math.Max(start, end);
        if (end - start <= Limit) return (start..end, false);
        // The previous page ends where the client's begins; between two cursors it is read forwards.
        return Before is not null && After is null ? ((end - Limit)..end, true) : (start..(start + Limit), true);
    }

    static ApiError Unknown(string name, string? id) =>
        ApiError.InvalidValue(name, $"Invalid '{name}': there is no item '{id}' in this list.");
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
