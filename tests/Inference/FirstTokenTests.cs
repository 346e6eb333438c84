// Who gets a first token when: short prompts soon, though a long one is being read, and every prompt in the end.
using Majlis.Inference;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class FirstTokenTests
{
    const int Budget = 64;

    [Fact]
    public void A_short_prompt_that_comes_while_a_long_one_is_read_has_its_first_token_two_steps_later()
    {
        var scheduler = New(blocks: 1000);
        var book = Sequence(0, 3000);
        scheduler.Add(book);
        for (var i = 0; i < 5; i++) Step(scheduler);
        for (var number = 1; number < 6; number++)
        {
            var chat = Sequence(number, 20);
            scheduler.Add(chat);
            var steps = 0;
            for (; chat.Output.Length == 0; steps++) Step(scheduler);
            Assert.InRange(steps, 1, 2);
            scheduler.Remove(chat);
        }
        Assert.Equal(0, book.Output.Length);
    }

    [Fact]
    public void A_long_prompt_is_read_in_twice_its_time_at_most_however_many_short_ones_come()
    {
        var scheduler = New(blocks: 1000);
        var book = Sequence(0, 3000);
        scheduler.Add(book);
        var steps = 0;
        for (var number = 1; book.Output.Length == 0; steps++)
        {
            // More than a step can read.
            for (var i = 0; i < 4; i++) scheduler.Add(Sequence(number++, 40));
            foreach (var sequence in Step(scheduler))
                if (sequence != book && sequence.Output.Length > 0) scheduler.Remove(sequence);
        }
        Assert.InRange(steps, 3000 / Budget, 2 * (3000 / Budget + 1));
    }

    [Fact]
    public void Where_steps_have_a_cost_limit_the_oldest_still_gets_every_other_one()
    {
        var scheduler = new Scheduler(new(4, new BlockPool(1000, null)), 8, Budget, new(Tiny.Blueprint([null])));
        var book = Sequence(0, 128);
        scheduler.Add(book);
        var steps = 0;
        for (var number = 1; book.Output.Length == 0; steps++)
        {
            scheduler.Add(Sequence(number++, 4));
            // Nothing is allowed, so that a step reads only the four tokens it always reads.
            foreach (var sequence in Step(scheduler, promptCost: 0))
                if (sequence != book && sequence.Output.Length > 0) scheduler.Remove(sequence);
        }
        Assert.InRange(steps, 128 / 4, 2 * (128 / 4 + 1));
    }

    [Fact]
    public void A_higher_priority_is_read_first_whatever_its_length()
    {
        var scheduler = New(blocks: 1000);
        Sequence urgent = Sequence(1, 500, priority: -1), chat = Sequence(0, 10);
        scheduler.Add(chat);
        scheduler.Add(urgent);
        for (var i = 0; i < 500 / Budget; i++) Assert.Equal([urgent], Step(scheduler));
        Assert.Equal([urgent, chat], Step(scheduler));
    }

    /// <summary>Blocks are short, seats are few, prompts come for ever: whoever has come is served.</summary>
    [Fact]
    public void No_sequence_starves()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var capacity = random.Next(60, 120);
            var scheduler = new Scheduler(new(4, new BlockPool(capacity, null)), random.Next(2, 6), random.Next(8, Budget));
            var old = Enumerable.Range(0, 4).Select(number => Sequence(number, random.Next(1, 200))).ToArray();
            foreach (var sequence in old) scheduler.Add(sequence);
            var (number, goals, steps) = (4, new Dictionary<Sequence, int>(), 0);
            while (old.Any(sequence => !IsDone(sequence)))
            {
                Assert.True(++steps < 4000, $"seed {seed}: {old.Count(sequence => !IsDone(sequence))} of the first wait for ever");
                if (scheduler.Waiting.Count < 20) scheduler.Add(Sequence(number++, random.Next(1, 100)));
                foreach (var sequence in Step(scheduler))
                    if (IsDone(sequence)) scheduler.Remove(sequence);
            }

            bool IsDone(Sequence sequence)
            {
                if (!goals.TryGetValue(sequence, out var goal)) goals[sequence] = goal = random.Next(1, 30);
                return sequence.Output.Length >= goal;
            }
        }
    }

    static Scheduler New(int blocks) => new(new(4, new BlockPool(blocks, null)), maxSequences: 8, Budget);

    static Sequence Sequence(int number, int length, int priority = 0) =>
        new(number, [.. Enumerable.Range(number * 10000, length)], BlockKey.Root("v", null, null), priority);

    static Sequence[] Step(Scheduler scheduler, double promptCost = double.PositiveInfinity)
    {
        Sequence[] plan = [.. scheduler.Schedule(promptCost)];
        scheduler.Complete();
        foreach (var sequence in plan.Where(sequence => sequence.Remaining == 0)) sequence.Append(7);
        return plan;
    }
}
