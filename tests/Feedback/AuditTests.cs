// The audit: appended once however often it is sent, paged both ways, and there after a restart.
using System.Text;
using Majlis.Feedback.Store;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class AuditTests
{
    static readonly string[] five = ["a", "b", "c", "d", "e"];

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Records_are_read_in_pages_from_either_end(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        var audit = new AuditStream(store.Connection);
        Assert.Empty((await audit.ReadAsync(2, null, newestFirst: true))!.Entries);
        foreach (var id in five) await AppendAsync(audit, store, id);
        Assert.Equal(["ed", "cb", "a"], await PagesAsync(audit, newestFirst: true));
        Assert.Equal(["ab", "cd", "e"], await PagesAsync(audit, newestFirst: false));
        Assert.Null(await audit.ReadAsync(2, "unknown", newestFirst: true));
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task A_record_sent_twice_is_one_and_cannot_be_changed(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        var audit = new AuditStream(store.Connection);
        await AppendAsync(audit, store, "a");
        await audit.AppendAsync("a", store.Time.GetUtcNow().AddDays(-1), "another"u8.ToArray());
        await store.StopAsync();
        await store.StartAgainAsync();
        await Eventually.HoldsAsync("the store is back", async () => (await store.Connection.StateAsync()).TakesVotes);
        var entry = Assert.Single((await audit.ReadAsync(2, null, newestFirst: true))!.Entries);
        Assert.Equal("record a", Encoding.UTF8.GetString(entry.Json.Span));
    }

    static Task AppendAsync(AuditStream audit, TestStore store, string id)
    {
        store.Time.Advance(TimeSpan.FromSeconds(1));
        return audit.AppendAsync(id, store.Time.GetUtcNow(), Encoding.UTF8.GetBytes($"record {id}"));
    }

    static async Task<List<string>> PagesAsync(AuditStream audit, bool newestFirst)
    {
        var pages = new List<string>();
        string? after = null;
        while (true)
        {
            var page = (await audit.ReadAsync(2, after, newestFirst))!;
            pages.Add(string.Concat(page.Entries.Select(entry => entry.Id)));
            if (!page.HasMore) return pages;
            after = page.Entries[^1].Id;
        }
    }
}
