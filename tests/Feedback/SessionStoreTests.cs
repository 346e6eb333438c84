// A rater's session in the store: it ends with its time, whatever the store still holds.
using Majlis.Feedback.Store.Access;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class SessionStoreTests
{
    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task A_session_is_found_until_its_time_is_over(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        var sessions = new SessionStore(store.Connection, store.Time);
        var life = TimeSpan.FromDays(30);
        var session = new RaterSession("id", "key", "Sara", "voter", store.Time.GetUtcNow() + life);
        await sessions.OpenAsync(session);
        store.Time.Advance(life - TimeSpan.FromSeconds(1));
        Assert.Equal(session, await sessions.FindAsync("id"));
        store.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await sessions.FindAsync("id"));
    }
}
