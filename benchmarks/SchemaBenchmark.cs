// `schemas MODEL`: answers that a JSON Schema holds to its form beside free ones, of one client and of sixteen, in turns.
using Majlis.Inference;
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;

namespace Majlis.benchmarks;

static class SchemaBenchmark
{
    const int Tokens = 96;
    const int Rounds = 5;

    // More people than so many tokens can say, so that no answer ends early.
    const string People = """
        {"type":"array","minItems":100,"items":{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":0},
        "city":{"type":"string","maxLength":80}},"required":["name","age","city"],"additionalProperties":false}}
        """;

    static readonly GrammarCache grammars = new();

    public static async Task<int> RunAsync(string model)
    {
        await using var load = new AnswerLoad(model, new EngineOptions());
        foreach (var clients in new[] { 1, 16 })
        {
            List<double> held = [], free = [];
            for (var round = 0; round <= Rounds; round++)
            {
                var (with, without) = (await SpeedAsync(load, clients, isHeld: true), await SpeedAsync(load, clients, isHeld: false));
                if (round == 0) continue; // warms up
                held.Add(with);
                free.Add(without);
            }
            AnswerLoad.Write($"schemas, {clients} client{(clients > 1 ? "s" : "")}, beside free text", held, free);
        }
        return 0;
    }

    static Task<double> SpeedAsync(AnswerLoad load, int clients, bool isHeld)
    {
        // As the server has it: compiled once for all who ask for it.
        var grammar = isHeld ? grammars.Get(new SchemaSource(People, JsonLayout.Indented)) : null;
        return load.TokensPerSecondAsync(Enumerable.Range(5, clients).Select(people =>
            new GenerationRequest(load.Model.Tokenizer.Encode($"A list of {people} people who live in towns by the sea, as JSON:", false),
                SamplingOptions.Greedy with { IgnoreEos = true }, Tokens)
            {
                Grammar = grammar,
            }));
    }
}
