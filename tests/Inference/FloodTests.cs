// A single request's first token beside another client's flood, in the simulated time of a machine whose steps cost what SmolLM2-135M's do
// on two cores: deterministic, whatever else the testing machine does.
using Majlis.Inference;
using Majlis.Model;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class FloodTests
{
    const int Flood = 64;
    const int Requests = 60;

    [Theory]
    [InlineData(256, 64)]
    [InlineData(256, 400)]
    [InlineData(1000, 64)]
    [InlineData(100, 200)]
    public void Its_first_token_takes_twice_the_time_alone_at_most(int prompt, int floodPrompt)
    {
        var alone = P95(new Machine(prompt, floodPrompt).Run(flood: 0, politeClient: "polite"));
        var beside = P95(new Machine(prompt, floodPrompt).Run(Flood, politeClient: "polite"));
        Assert.True(beside <= 2 * alone, $"{beside:0.000} s beside a flood, {alone:0.000} s alone");
        // What it is worth to tell clients apart.
        var untold = P95(new Machine(prompt, floodPrompt).Run(Flood, politeClient: "flood"));
        Assert.True(untold > 2 * alone, $"{untold:0.000} s as one of the flood, {alone:0.000} s alone");
    }

    static double P95(List<double> times) => times.Order().ElementAt((int)Math.Ceiling(0.95 * times.Count) - 1);

    /// <summary>
    /// What a step took while one answer was written is nothing to go by as soon as thirty are: a flood begins, and the single request
    /// comes at once.
    /// </summary>
    [Fact]
    public void It_does_not_wait_until_the_pace_of_a_flood_is_learned()
    {
        var (alone, beside) = (new List<double>(), new List<double>());
        for (var i = 0; i < 20; i++)
        {
            var machine = new Machine(256, 64, seed: i) { Step = 0.004, Decoded = 0.00125, Read = 0.001 };
            machine.Write(tokens: 30);
            alone.Add(machine.First("polite"));
            machine.Fill(Flood);
            for (var request = 0; request < 3; request++) beside.Add(machine.First("polite"));
        }
        Assert.True(P95(beside) <= 2 * P95(alone), $"{P95(beside):0.000} s beside a flood, {P95(alone):0.000} s alone");
    }

    /// <summary>An engine's loop with a clock that steps move. Times are in seconds.</summary>
    sealed class Machine(int prompt, int floodPrompt, int seed = 7)
    {
        public double Step { get; init; } = 0.020;
        public double Decoded { get; init; } = 0.003;
        public double Read { get; init; } = 0.0023;

        const int FloodTokens = 64;

        readonly Scheduler scheduler = new(new(16, new BlockPool(20_000, null)), 32, 512, new(SmolShape.Blueprint()));
        readonly StepPace pace = new();
        readonly RoundPace rounds = new(null);
        readonly Random random = new(seed);
        long number;
        double now;

        /// <summary>The times to the first token of requests that are sent one after another, with pauses.</summary>
        public List<double> Run(int flood, string politeClient)
        {
            for (var i = 0; i < flood; i++) Send("flood", floodPrompt);
            for (var i = 0; i < 50; i++) Advance();
            var times = new List<double>();
            while (times.Count < Requests)
            {
                for (var pause = now + random.NextDouble(); now < pause;) Advance();
                times.Add(First(politeClient));
            }
            return times;
        }

        /// <summary>The time to the first token of a request that is sent now, in the midst of a step.</summary>
        public double First(string client)
        {
            var (sent, polite) = (now - random.NextDouble() * last, Send(client, prompt));
            while (polite.Output.IsEmpty) Advance();
            scheduler.Remove(polite);
            return now - sent;
        }

        /// <summary>An answer is written with nothing beside it.</summary>
        public void Write(int tokens)
        {
            var answer = Send("one", 20);
            while (answer.Output.Length < tokens) Advance();
            scheduler.Remove(answer);
        }

        /// <summary>A flood begins; ends when all places are taken.</summary>
        public void Fill(int flood)
        {
            for (var i = 0; i < flood; i++) Send("flood", floodPrompt);
            while (scheduler.Running.Count < 32) Advance();
        }

        double last;

        void Advance()
        {
            var writing = scheduler.Writing;
            rounds.Begin([(pace, writing)]);
            Sequence[] step = [.. scheduler.Schedule(rounds.Allowed(pace))];
            var tokens = step.Sum(sequence => sequence.Scheduled);
            last = step.Length == 0 ? 0 : Step + Decoded * writing + Read * (tokens - writing);
            now += step.Length == 0 ? 0.01 : last;
            if (step.Length > 0) pace.Took(TimeSpan.FromSeconds(last), scheduler.PromptCost, writing);
            scheduler.Complete();
            foreach (var sequence in step.Where(sequence => sequence.Remaining == 0))
            {
                sequence.Append(7);
                if (sequence.Client != "flood" || sequence.Output.Length < FloodTokens) continue;
                scheduler.Remove(sequence);
                Send("flood", floodPrompt);
            }
        }

        Sequence Send(string client, int length)
        {
            var sequence = new Sequence(number, [.. Enumerable.Range((int)(number++ % 20_000) * 1000, length)],
                BlockKey.Root("v", null, null), client: client);
            scheduler.Add(sequence);
            return sequence;
        }
    }
}
