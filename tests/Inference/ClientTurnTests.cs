// Clients take turns: one client's many requests do not keep another's single one waiting, and nobody waits for ever.
using Majlis.Inference;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class ClientTurnTests
{
    static readonly EngineOptions small = new() { CacheBytes = 4096, MaxSequences = 2, QueueLimit = 2 };

    [Fact]
    public void With_one_place_clients_are_served_in_turn()
    {
        var scheduler = New(places: 1);
        foreach (var client in "aaaabbc") scheduler.Add(Sequence(client));
        Assert.Equal("abcabaa", Served(scheduler));
    }

    [Fact]
    public void A_flood_that_comes_later_shares_with_the_one_before_it()
    {
        var scheduler = New(places: 1);
        foreach (var client in "aaaaaaaa") scheduler.Add(Sequence(client));
        var first = string.Concat(Enumerable.Range(0, 4).Select(_ => ServeOne(scheduler)));
        foreach (var client in "bbbb") scheduler.Add(Sequence(client));
        Assert.Equal("aaaa" + "abababab", first + Served(scheduler));
    }

    [Fact]
    public void A_single_request_gets_a_place_at_once_while_another_client_has_all_of_them()
    {
        var scheduler = New(places: 32);
        for (var i = 0; i < 64; i++) scheduler.Add(Sequence('f'));
        for (var i = 0; i < 8; i++) Step(scheduler);
        Assert.Equal(32, scheduler.Running.Count);
        for (var request = 0; request < 5; request++)
        {
            var polite = Sequence('p');
            scheduler.Add(polite);
            var steps = 0;
            for (; polite.Output.Length == 0; steps++) Step(scheduler);
            Assert.Equal(1, steps);
            Assert.Equal((32, 1), (scheduler.Running.Count, scheduler.Preemptions));
            scheduler.Remove(polite);
        }
    }

    [Fact]
    public void Where_blocks_run_out_the_client_with_most_of_them_gives_way()
    {
        var scheduler = New(places: 32, blocks: 24);
        for (var i = 0; i < 12; i++) scheduler.Add(Sequence('f'));
        for (var i = 0; i < 4; i++) Step(scheduler);
        var before = scheduler.Running.Count;
        var polite = Sequence('p', length: 20);
        scheduler.Add(polite);
        Step(scheduler);
        Assert.Equal(1, polite.Output.Length);
        Assert.InRange(scheduler.Running.Count(sequence => sequence.Client == "f"), 1, before - 1);
    }

    [Fact]
    public void The_oldest_of_a_client_keeps_its_place_however_many_others_come()
    {
        var scheduler = New(places: 2);
        Sequence first = Sequence('f'), second = Sequence('f');
        scheduler.Add(first);
        scheduler.Add(second);
        Step(scheduler);
        for (var i = 0; i < 50; i++)
        {
            var other = Sequence('p');
            scheduler.Add(other);
            Step(scheduler);
            Assert.Contains(first, scheduler.Running);
            scheduler.Remove(other);
        }
        Assert.Equal(51, first.Output.Length);
    }

    [Fact]
    public void While_a_single_long_prompt_is_read_the_floods_get_one_step_of_four()
    {
        var scheduler = New(places: 32, blocks: 4000);
        for (var i = 0; i < 20; i++) scheduler.Add(Sequence('f'));
        Step(scheduler);
        var book = Sequence('p', length: 4000);
        scheduler.Add(book);
        scheduler.Add(Sequence('f', length: 4000));
        var others = new List<bool>();
        while (book.Output.Length == 0)
            others.Add(Step(scheduler).Any(sequence => sequence.Client == "f" && sequence.Scheduled > 1));
        Assert.Equal([false, false, false, true, false, false, false, true], others.Take(8));
    }

    [Fact]
    public void Requests_without_a_client_are_served_as_they_come()
    {
        var scheduler = New(places: 1);
        Sequence[] all = [.. Enumerable.Range(0, 5).Select(_ => new Sequence(number++, [1, 2, 3], BlockKey.Root("v", null, null)))];
        foreach (var sequence in all) scheduler.Add(sequence);
        Assert.Equal(all, Enumerable.Range(0, 5).Select(_ =>
        {
            var served = Assert.Single(Step(scheduler));
            scheduler.Remove(served);
            return served;
        }));
    }

    [Fact]
    public async Task A_full_queue_still_takes_the_first_request_of_a_client_that_has_none_in_it()
    {
        await using var world = new EngineWorld(small);
        using var steps = new StepGate(world.Network);
        var flood = Enumerable.Range(0, 4).Select(_ => world.Start(Of("flood"))).ToArray();
        Assert.Throws<EngineBusyException>(() => world.Start(Of("flood")));
        var polite = world.Start(Of("polite"));
        Assert.Throws<EngineBusyException>(() => world.Start(Of("polite")));
        steps.Open();
        foreach (var answer in flood.Append(polite)) Assert.NotEmpty((await EngineWorld.ReadAsync(answer)).Tokens);
        await Eventually.HoldsAsync("all have left", () => world.Engine.Progress is { Running: 0, Waiting: 0 });
        Assert.NotEmpty((await EngineWorld.ReadAsync(world.Start(Of("flood")))).Tokens);
    }

    static GenerationRequest Of(string client) => EngineWorld.Greedy("a", maxTokens: 200) with { Client = client };

    long number;

    static Scheduler New(int places, int blocks = 1000) => new(new(4, new BlockPool(blocks, null)), places, maxBatchTokens: 512);

    Sequence Sequence(char client, int length = 6) => new(number, [.. Enumerable.Range((int)(number++ * 100), length)],
        BlockKey.Root("v", null, null), client: $"{client}");

    static Sequence[] Step(Scheduler scheduler)
    {
        Sequence[] step = [.. scheduler.Schedule()];
        scheduler.Complete();
        foreach (var sequence in step.Where(sequence => sequence.Remaining == 0)) sequence.Append(7);
        return step;
    }

    static string ServeOne(Scheduler scheduler)
    {
        var served = Assert.Single(Step(scheduler));
        scheduler.Remove(served);
        return served.Client;
    }

    static string Served(Scheduler scheduler)
    {
        var order = "";
        while (!scheduler.IsIdle) order += ServeOne(scheduler);
        return order;
    }
}
