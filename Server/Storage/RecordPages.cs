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
        return paging.Cut([.. all.Select(record => record.Id)], problem) is { } page ? (all[page.Items], page.HasMore) : null;
    }
}
