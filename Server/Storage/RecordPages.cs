// Pages of records in OpenAI's lists: ordered by time, then id. Knows no record's fields.
using Majlis.Server.Wire;

namespace Majlis.Server.Storage;

static class RecordPages
{
    /// <summary>The page of these records that a query asks for; null with the reason in <paramref name="problem"/>.</summary>
    public static (IReadOnlyList<T> Records, bool HasMore)? Of<T>(IEnumerable<T> records, Paging paging, Problem problem) where T : IRecord
    {
        var all = records.OrderBy(record => record.CreatedAt).ThenBy(record => record.Id, StringComparer.Ordinal).ToList();
        if (paging.NewestFirst) all.Reverse();
        var start = paging.After is null ? 0 : all.FindIndex(record => record.Id == paging.After) + 1;
        if (paging.After is not null && start == 0)
        {
            problem.Add(paging.UnknownAfter());
            return null;
        }
        var page = all.Skip(start).Take(paging.Limit).ToList();
        return (page, start + page.Count < all.Count);
    }
}
