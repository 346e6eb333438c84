// Thousands of random schedules without a network: no block leaks or is shared wrongly, budgets hold, every sequence finishes, and first
// come is first served.
using Majlis.Inference;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class ScheduleTests
{
    [Fact]
    public void Random_schedules_keep_every_rule()
    {
        for (var seed = 0; seed < 3000; seed++) new Play(new Random(seed)).Run();
    }

    [Fact]
    public void A_prompt_longer_than_the_budget_is_worked_on_beside_running_sequences()
    {
        var blocks = new BlockAllocator(4, new BlockPool(64, null));
        var scheduler = new Scheduler(blocks, maxSequences: 4, maxBatchTokens: 8);
        Sequence first = New(0, 4), second = New(1, 20);
        scheduler.Add(first);
        Step(scheduler);
        scheduler.Add(second);
        int[] chunks = [.. Enumerable.Range(0, 3).Select(_ => { var plan = Step(scheduler); return plan[second]; })];
        Assert.Equal([7, 7, 6], chunks);
        Assert.Equal(4, first.Output.Length);
    }

    [Fact]
    public void Higher_priority_goes_first_and_equals_by_arrival()
    {
        var scheduler = new Scheduler(new BlockAllocator(4, new BlockPool(64, null)), maxSequences: 1, maxBatchTokens: 8);
        Sequence[] all = [New(0, 3), New(1, 3), New(2, 3, priority: -1)];
        foreach (var sequence in all) scheduler.Add(sequence);
        List<long> order = [];
        while (!scheduler.IsIdle)
        {
            var (sequence, _) = Assert.Single(Step(scheduler));
            order.Add(sequence.Number);
            scheduler.Remove(sequence);
        }
        Assert.Equal([2, 0, 1], order);
    }

    [Fact]
    public void When_blocks_run_out_the_last_to_come_is_preempted_and_later_finishes()
    {
        var scheduler = new Scheduler(new BlockAllocator(4, new BlockPool(4, null)), maxSequences: 2, maxBatchTokens: 16);
        Sequence first = New(0, 6), second = New(1, 6);
        scheduler.Add(first);
        scheduler.Add(second);
        for (var i = 0; i < 40 && !scheduler.IsIdle; i++)
            foreach (var sequence in Step(scheduler).Keys.Where(sequence => sequence.Output.Length >= 9)) scheduler.Remove(sequence);
        Assert.True(scheduler.IsIdle);
        Assert.True(scheduler.Preemptions > 0);
        Assert.Equal([9, 9], new[] { first.Output.Length, second.Output.Length });
    }

    [Fact]
    public void Equal_prompts_are_computed_once_and_shared()
    {
        var blocks = new BlockAllocator(4, new BlockPool(64, null));
        var scheduler = new Scheduler(blocks, maxSequences: 8, maxBatchTokens: 64);
        Sequence[] all = [.. Enumerable.Range(0, 4).Select(number => New(number, 13, likeNumber: 0))];
        foreach (var sequence in all) scheduler.Add(sequence);
        Assert.Equal(13, Step(scheduler).Values.Sum());
        Assert.Equal(1 + 3 * 1, Step(scheduler).Values.Sum());
        Assert.All(all[1..], sequence => Assert.Equal(12, sequence.CachedPrompt));
        Assert.All(all, sequence => Assert.Equal(all[0].BlockTables[0][..3], sequence.BlockTables[0][..3]));
        Assert.Equal(4, blocks.Pools[0].References(all[0].BlockTables[0][0]));
    }

    [Fact]
    public void Another_salt_or_version_or_adapter_shares_nothing()
    {
        int[] tokens = [1, 2, 3, 4];
        BlockKey[] roots = [BlockKey.Root("v1", null, null), BlockKey.Root("v1", "", null), BlockKey.Root("v1", null, ""),
            BlockKey.Root("v2", null, null), BlockKey.Root("v", "1", null), BlockKey.Root("v1a", null, null),
            BlockKey.Root("v1", "a", null)];
        Assert.Equal(roots.Length, roots.Select(root => root.Then(tokens)).Distinct().Count());
    }

    [Fact]
    public void A_window_leaves_its_blocks_behind()
    {
        var pool = new BlockPool(6, window: 8);
        var scheduler = new Scheduler(new BlockAllocator(4, pool), maxSequences: 1, maxBatchTokens: 4);
        var sequence = New(0, 30);
        scheduler.Add(sequence);
        for (var i = 0; i < 40; i++) Step(scheduler);
        Assert.Equal(30 + 33, sequence.Length);
        Assert.InRange(pool.Count - pool.Free, 1, 4);
        Assert.Equal(-1, sequence.BlockTables[0][0]);
    }

    static Sequence New(int number, int length, int? likeNumber = null, int priority = 0) =>
        new(number, [.. Enumerable.Range((likeNumber ?? number) * 100, length)], BlockKey.Root("v", null, null), priority);

    static Dictionary<Sequence, int> Step(Scheduler scheduler)
    {
        var plan = scheduler.Schedule().ToDictionary(sequence => sequence, sequence => sequence.Scheduled);
        scheduler.Complete();
        foreach (var sequence in plan.Keys.Where(sequence => sequence.Remaining == 0)) sequence.Append(7);
        return plan;
    }

    /// <summary>One random case: groups, sizes, arrivals, cancellations, failures.</summary>
    sealed class Play
    {
        const int BlockSize = 4;
        static readonly string[] clients = ["", "one", "one", "one", "two"];
        readonly Random random;
        readonly BlockPool[] pools;
        readonly BlockAllocator blocks;
        readonly Scheduler scheduler;
        readonly int maxSequences, maxTokens;
        readonly Dictionary<Sequence, int> goals = [];
        // [group][block]: all tokens up to and including the block, as last written.
        readonly string?[][] contents;

        public Play(Random random)
        {
            this.random = random;
            maxSequences = random.Next(1, 6);
            maxTokens = maxSequences + random.Next(0, 20);
            int? Window() => random.Next(3) == 0 ? random.Next(1, 12) : null;
            pools = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => new BlockPool(random.Next(6, 24), Window()))];
            blocks = new(BlockSize, pools);
            scheduler = new(blocks, maxSequences, maxTokens);
            contents = [.. pools.Select(pool => new string?[pool.Count])];
        }

        public void Run()
        {
            var arrivals = random.Next(1, 12);
            var idle = 0;
            for (var number = 0; number < arrivals || !scheduler.IsIdle;)
            {
                while (number < arrivals && random.Next(3) == 0) Arrive(number++);
                if (random.Next(40) == 0 && goals.Count > 0) Leave(goals.Keys.ElementAt(random.Next(goals.Count)));
                idle = Step() || scheduler.IsIdle ? 0 : idle + 1;
                Assert.True(idle < 2, "two steps without any progress");
            }
            Assert.All(pools, pool => Assert.Equal(pool.Count, pool.Free));
            Assert.Empty(goals);
        }

        void Arrive(int number)
        {
            var length = random.Next(1, Math.Min(40, blocks.Capacity));
            // Few tokens and common prefixes, so that prefixes are often shared.
            int[] prompt = [.. Enumerable.Range(0, length).Select(i => i < 12 ? i : random.Next(2))];
            var salt = random.Next(4) == 0 ? "salt" : null;
            var client = clients[random.Next(clients.Length)];
            var sequence = new Sequence(number, prompt, BlockKey.Root("v", null, salt), random.Next(8) == 0 ? -1 : 0, client);
            goals[sequence] = random.Next(1, Math.Min(20, blocks.Capacity - length + 1) + 1);
            salts[sequence] = salt ?? "";
            scheduler.Add(sequence);
        }

        readonly Dictionary<Sequence, string> salts = [];

        void Leave(Sequence sequence)
        {
            goals.Remove(sequence);
            scheduler.Remove(sequence);
        }

        bool Step()
        {
            var decoding = scheduler.Running.Where(sequence => sequence.Remaining == 1).ToList();
            var preemptions = scheduler.Preemptions;
            Sequence[] plan = [.. scheduler.Schedule()];
            Assert.True(plan.Sum(sequence => sequence.Scheduled) <= maxTokens);
            Assert.True(scheduler.Running.Count <= maxSequences);
            if (scheduler.Preemptions == preemptions) Assert.All(decoding, sequence => Assert.Equal(1, sequence.Scheduled));
            CheckReferences();
            if (plan.Length > 0 && random.Next(30) == 0) return Fail(plan);
            foreach (var sequence in plan) Write(sequence);
            foreach (var sequence in plan) Read(sequence);
            scheduler.Complete();
            foreach (var sequence in plan.Where(sequence => sequence.Remaining == 0))
            {
                sequence.Append(random.Next(2));
                if (sequence.Output.Length >= goals[sequence]) Leave(sequence);
            }
            CheckReferences();
            return plan.Length > 0 || scheduler.Preemptions > preemptions;
        }

        bool Fail(Sequence[] plan)
        {
            foreach (var sequence in plan) Leave(sequence);
            CheckReferences();
            return true;
        }

        /// <summary>Every reference belongs to exactly one block table entry of a live sequence.</summary>
        void CheckReferences()
        {
            for (var g = 0; g < pools.Length; g++)
            {
                var held = new int[pools[g].Count];
                foreach (var sequence in scheduler.Running)
                    foreach (var block in sequence.BlockTables[g]) if (block >= 0) held[block]++;
                for (var block = 0; block < held.Length; block++) Assert.Equal(held[block], pools[g].References(block));
                Assert.Equal(held.Count(count => count == 0), pools[g].Free);
            }
        }

        void Write(Sequence sequence)
        {
            var end = sequence.Computed + sequence.Scheduled;
            for (var g = 0; g < pools.Length; g++)
                for (var block = sequence.Computed / BlockSize; block * BlockSize < end; block++)
                {
                    var number = sequence.BlockTables[g][block];
                    Assert.Equal(1, pools[g].References(number));
                    contents[g][number] = Chain(sequence, Math.Min(end, (block + 1) * BlockSize));
                }
        }

        /// <summary>Every block that the step's tokens may read holds what their own sequence would have written.</summary>
        void Read(Sequence sequence)
        {
            var end = sequence.Computed + sequence.Scheduled;
            for (var g = 0; g < pools.Length; g++)
                for (var position = Math.Max(0, sequence.Computed - (pools[g].Window ?? int.MaxValue / 2) + 1); position < end; position++)
                {
                    var content = contents[g][sequence.BlockTables[g][position / BlockSize]];
                    Assert.StartsWith(Chain(sequence, position + 1), content, StringComparison.Ordinal);
                }
        }

        string Chain(Sequence sequence, int length) => salts[sequence] + ":" + string.Join(',', sequence.Tokens[..length].ToArray()) + ",";
    }
}
