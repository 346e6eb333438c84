// What a process knows of the keys: changes elsewhere, a store that goes away, a server that has none yet.
using System.Net;
using Majlis.Feedback.Store.Access;
using Majlis.Server.Access;
using Majlis.Server.Wire;
using Majlis.tests.Feedback;
using Majlis.tests.Support;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class KeyRingTests : IAsyncDisposable
{
    static readonly KeyTimes times = KeyTimes.Default;
    static readonly KeyNote note = new("a test");

    readonly TemporaryFolder folder = new();
    readonly CollectedLog log = new();
    TestStore store = null!;

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task A_change_by_one_replica_is_known_to_another_at_its_next_look(StoreKind kind)
    {
        store = await TestStore.StartAsync(kind);
        using var ring = Ring();
        var check = new KeyCheck(ring, new WrongKeyLimit(store.Time));
        Assert.Null(await ring.LookAsync());
        var text = await AddAsync("Sara");
        Assert.Equal("Sara", (await CheckAsync(check, text)).Key?.Name);
        await new KeyStore(store.Connection).RevokeAsync("Sara", store.Time.GetUtcNow(), note);
        Assert.NotNull((await CheckAsync(check, text)).Key);
        store.Time.Advance(times.Look);
        Assert.Null(await ring.LookAsync());
        Assert.Equal("revoked_api_key", (await CheckAsync(check, text)).Error?.Code);
        Assert.True(await NamedAsync("id2"));
        Assert.False(await NamedAsync("id3"));

        Task<bool> NamedAsync(string id) =>
            new KeyStore(store.Connection).AddAsync(new(id, "Sara", Roles.Rater, "", store.Time.GetUtcNow(), null), note);
    }

    [Fact]
    public async Task The_log_tells_of_keys_that_came_and_went_elsewhere_and_holds_none()
    {
        store = await TestStore.StartAsync(StoreKind.Garnet);
        await AddAsync("before");
        using var ring = Ring();
        await ring.LookAsync();
        Assert.Empty(log.Lines);
        var text = await AddAsync("Sara");
        await ring.LookAsync();
        await new KeyStore(store.Connection).RevokeAsync("Sara", store.Time.GetUtcNow(), note);
        await ring.LookAsync();
        await ring.LookAsync();
        var id = text.Split('_')[1];
        Assert.Equal([$"Information: Key 'Sara' (id {id}) was added with role rater; it expires: never.",
            $"Information: Key 'Sara' (id {id}) was revoked."], log.Lines);
    }

    [Fact]
    public async Task While_the_store_is_away_known_keys_pass_for_a_stated_time_and_others_are_told_to_come_again()
    {
        store = await TestStore.StartAsync(StoreKind.Garnet);
        using var ring = Ring();
        var check = new KeyCheck(ring, new WrongKeyLimit(store.Time));
        var (text, expiring) = (await AddAsync("known"), await AddAsync("expiring", times.Grace / 2));
        Assert.NotNull((await CheckAsync(check, text)).Key);
        await store.StopAsync();
        Assert.NotNull(await ring.LookAsync());
        Assert.NotNull((await CheckAsync(check, text)).Key);
        var unknown = KeyText.Make(KeyText.Key, IdSource.Random).Text;
        for (var i = 0; i < 2 * WrongKeyLimit.Tries; i++)
            Assert.Equal("keys_unavailable", (await CheckAsync(check, unknown)).Error?.Code);
        store.Time.Advance(times.Grace * 0.9);
        Assert.NotNull((await CheckAsync(check, text)).Key);
        Assert.Equal("expired_api_key", (await CheckAsync(check, expiring)).Error?.Code);
        store.Time.Advance(times.Grace * 0.2);
        Assert.Equal("keys_unavailable", (await CheckAsync(check, text)).Error?.Code);
        Assert.True(ring.AsksForKeys);
        await store.StartAgainAsync();
        await Eventually.HoldsAsync("the store answers", async () => await ring.LookAsync() is null);
        Assert.NotNull((await CheckAsync(check, text)).Key);
    }

    [Fact]
    public async Task Keys_are_asked_for_from_the_first_one_on_and_the_last_one_revoked_does_not_open_the_server()
    {
        store = await TestStore.StartAsync(StoreKind.Garnet);
        using var ring = Ring();
        Assert.True(ring.AsksForKeys);
        ring.LoopbackOnly = true;
        await ring.LookAsync();
        Assert.False(ring.AsksForKeys);
        await AddAsync("only");
        await ring.LookAsync();
        Assert.True(ring.AsksForKeys);
        await new KeyStore(store.Connection).RevokeAsync("only", store.Time.GetUtcNow(), note);
        store.Time.Advance(times.Look);
        await ring.LookAsync();
        Assert.True(ring.AsksForKeys);
        // Started again while the store is away, the server still knows that there are keys.
        await store.StopAsync();
        using var again = Ring();
        again.LoopbackOnly = true;
        Assert.NotNull(await again.LookAsync());
        Assert.True(again.AsksForKeys);
    }

    [Fact]
    public async Task Behind_a_proxy_the_absence_of_keys_is_not_assumed_while_the_store_is_away()
    {
        store = await TestStore.StartAsync(StoreKind.Garnet);
        await store.StopAsync();
        using var ring = Ring();
        ring.LoopbackOnly = true;
        Assert.NotNull(await ring.LookAsync());
        Assert.False(ring.AsksForKeys);
        ring.IsProxied = true;
        Assert.True(ring.AsksForKeys);
        await store.StartAgainAsync();
        await Eventually.HoldsAsync("the store answers", async () => await ring.LookAsync() is null);
        Assert.False(ring.AsksForKeys);
    }

    [Fact]
    public async Task No_key_is_kept_in_the_store_or_in_a_file()
    {
        store = await TestStore.StartAsync(StoreKind.Garnet);
        var text = await AddAsync("secret");
        using var ring = Ring();
        await ring.LookAsync();
        var key = Assert.Single(ring.Keys!.ById.Values);
        Assert.DoesNotContain(text.Split('_')[2], $"{key}", StringComparison.Ordinal);
        await store.StopAsync();
        foreach (var file in Directory.EnumerateFiles(store.Options.DataFolder, "*", SearchOption.AllDirectories))
            Assert.Equal(-1, (await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).AsSpan()
                .IndexOf(System.Text.Encoding.ASCII.GetBytes(text.Split('_')[2])));
    }

    KeyRing Ring() => new(new KeyStore(store.Connection), new KeyMarker(folder.Path), new AdminKey(null, null), times, store.Time,
        log.CreateLogger<KeyRing>());

    static Task<KeyVerdict> CheckAsync(KeyCheck check, string text) => check.CheckAsync(KeyText.Key, text, IPAddress.Loopback);

    async Task<string> AddAsync(string name, TimeSpan? life = null)
    {
        var (id, text) = KeyText.Make(KeyText.Key, IdSource.Random);
        var (keys, now) = (new KeyStore(store.Connection), store.Time.GetUtcNow());
        var hash = (await keys.SecretAsync()).Hash(KeyCheck.Purpose, text);
        Assert.True(await keys.AddAsync(new(id, name, Roles.Rater, hash, now, now + life), note));
        return text;
    }

    public async ValueTask DisposeAsync()
    {
        if (store is not null) await store.DisposeAsync();
        folder.Dispose();
    }
}
