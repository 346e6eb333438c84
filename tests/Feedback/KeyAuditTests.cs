// The audit of access: a record of each key made and each revoked, in the same step, and of each voter erased, with who and why, and
// never the key.
using System.Text;
using Majlis.Feedback.Store;
using Majlis.Feedback.Store.Access;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class KeyAuditTests
{
    static readonly KeyNote sara = new("sara@desk"), badr = new("badr@desk", "left the team");

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Each_key_made_and_revoked_is_told_with_who_when_and_why(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        var keys = new KeyStore(store.Connection);
        Assert.True(await AddAsync(store, "id1", "guest"));
        Assert.True(await RevokeAsync(store, "guest"));
        Assert.True(await AddAsync(store, "id2", "guest"));
        var records = (await keys.Audit.ReadAsync(10, null, newestFirst: false))!.Entries;
        Assert.Equal(["add id1 guest sara@desk ", "revoke id1 guest badr@desk left the team", "add id2 guest sara@desk "],
            records.Select(record => KeyChange.Read(record.Json.Span)).Select(change =>
                $"{change.Action} {change.Key} {change.Name} {change.By} {change.Reason}"));
        var revoked = KeyChange.Read(records[1].Json.Span);
        Assert.Equal(("rater", (int?)3, store.Time.GetUtcNow().AddSeconds(-1)), (revoked.Role, revoked.Uses, revoked.At));
        Assert.All(records, record =>
            Assert.DoesNotContain("its hash", Encoding.UTF8.GetString(record.Json.Span), StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task What_changes_nothing_leaves_no_record(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        Assert.True(await AddAsync(store, "id1", "guest"));
        Assert.False(await AddAsync(store, "id2", "guest"));
        Assert.True(await RevokeAsync(store, "guest"));
        Assert.False(await RevokeAsync(store, "guest"));
        Assert.False(await RevokeAsync(store, "nobody"));
        Assert.Equal(["revoke_id1", "add_id1"],
            (await new KeyStore(store.Connection).Audit.ReadAsync(10, null, newestFirst: true))!.Entries.Select(record => record.Id));
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Of_two_who_revoke_at_once_one_does(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        Assert.True(await AddAsync(store, "id1", "guest"));
        var done = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RevokeAsync(store, "guest")));
        Assert.Single(done, each => each);
        Assert.Equal(2, (await new KeyStore(store.Connection).Audit.ReadAsync(10, null, newestFirst: true))!.Entries.Count);
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Who_erases_a_voter_is_told_once_and_where_nothing_is_kept_nothing_is_told(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        await store.Battles.OpenAsync(Some.Battle("mine", "one"));
        await store.Battles.VoteAsync(Some.Vote("mine", voter: "one"));
        var erasure = new VoterErasure(store.Connection, store.Time);
        foreach (var voter in new[] { "one", "one", "nobody" }) await erasure.EraseAsync(voter, badr);
        var record = Assert.Single((await new KeyStore(store.Connection).Audit.ReadAsync(10, null, newestFirst: true))!.Entries);
        var change = KeyChange.Read(record.Json.Span);
        Assert.Equal(("erase", "one", "badr@desk", "left the team", store.Time.GetUtcNow()),
            (change.Action, change.Key, change.By, change.Reason, change.At));
    }

    static Task<bool> AddAsync(TestStore store, string id, string name)
    {
        store.Time.Advance(TimeSpan.FromSeconds(1));
        var key = new AccessKey(id, name, "rater", "its hash", store.Time.GetUtcNow(), null) { Uses = 3 };
        return new KeyStore(store.Connection).AddAsync(key, sara);
    }

    static Task<bool> RevokeAsync(TestStore store, string name)
    {
        store.Time.Advance(TimeSpan.FromSeconds(1));
        return new KeyStore(store.Connection).RevokeAsync(name, store.Time.GetUtcNow(), badr);
    }
}
