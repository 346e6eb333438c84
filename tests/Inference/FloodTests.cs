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

    // Seconds.
    const double Step = 0.020;
    const double Decoded = 0.003;
    const double Read = 0.0023;

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

    /// <summary>An engine's loop with a clock that steps move.</summary>
    sealed class Machine(int prompt, int floodPrompt)
    {
        const int FloodTokens = 64;

        readonly Scheduler scheduler = new(new(16, new BlockPool(20_000, null)), 32, 512, new(Blueprint()));
        readonly StepPace pace = new(null);
        readonly Random random = new(7);
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
                var (sent, polite) = (now, Send(politeClient, prompt));
                // It is sent in the midst of a step.
                sent -= random.NextDouble() * last;
                while (polite.Output.IsEmpty) Advance();
                times.Add(now - sent);
                scheduler.Remove(polite);
            }
            return times;
        }

        double last;

        void Advance()
        {
            var writing = scheduler.Writing;
            Sequence[] step = [.. scheduler.Schedule(pace.Allowed(writing))];
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

        /// <summary>The shape of SmolLM2-135M, for the cost of its prompts.</summary>
        static Blueprint Blueprint()
        {
            Projection wide = new("wide", 576, 576), narrow = new("narrow", 576, 192);
            var attention = new AttentionBlueprint
            {
                Heads = 9,
                KeyValueHeads = 3,
                HeadDim = 64,
                Query = wide,
                Key = narrow,
                Value = narrow,
                Output = wide,
                Scale = 0.125f,
            };
            var mlp = new MlpBlueprint(new("gate", 576, 1536), new("up", 576, 1536), new("down", 1536, 576), Activation.Silu);
            var layer = new LayerBlueprint { Attention = attention, Mlp = mlp };
            return Tiny.Blueprint([null]) with { Layers = [.. Enumerable.Repeat(layer, 30)] };
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
