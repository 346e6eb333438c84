// `speculate MODEL`: answers with guesses from their own past beside answers without, one at a time, in turns: a workload that repeats much
// of its prompt, and chats that repeat little.
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Text.Chat;

namespace Majlis.benchmarks;

static class SpeculationBenchmark
{
    const int Tokens = 96;
    const int Rounds = 3;

    const string Report = """
        The harbour board met on Monday to decide what becomes of the old fish market. The market hall was built in 1921 and has stood empty
        since the new hall opened across the river eleven years ago. Three plans were presented. The first, from the city's library, would
        turn the hall into a reading room with a garden on the roof. The second, from a group of former fishermen, would keep the stalls and
        rent them to small kitchens. The third would tear the hall down and build sixty flats. The board heard forty residents, of whom most
        spoke for the first or the second plan. Ms Haddad, who chairs the board, said that the hall's iron roof is the last of its kind on
        the coast and should be kept in any case. Mr Lund, the treasurer, warned that repairs would cost four million, which the harbour
        does not have. The board will vote in May, after an engineer has looked at the roof and the foundations.
        """;

    static readonly (string Name, string[] Questions)[] workloads =
    [
        ("summarising", [.. new[] { "Summarise this report in its words:", "List what each person said:", "Shorten this report by half:" }
            .Select(task => $"{task}\n\n{Report}")]),
        ("chat", ["What makes bread rise?", "Write a short poem about a lighthouse.", "How do I learn to swim as an adult?"]),
    ];

    public static async Task<int> RunAsync(string model)
    {
        await using var guessing = new AnswerLoad(model, new EngineOptions { LooksUp = true });
        await using var plain = new AnswerLoad(model, new EngineOptions());
        foreach (var (name, questions) in workloads)
        {
            List<double> with = [], without = [];
            for (var round = 0; round <= Rounds; round++)
                foreach (var question in questions)
                {
                    var (guessed, one) = (await SpeedAsync(guessing, question), await SpeedAsync(plain, question));
                    if (round == 0) continue; // warms up
                    with.Add(guessed);
                    without.Add(one);
                }
            AnswerLoad.Write($"speculation by n-grams, {name}", with, without);
        }
        return 0;
    }

    static Task<double> SpeedAsync(AnswerLoad load, string question)
    {
        var conversation = new Conversation([new JsonObject { ["role"] = "user", ["content"] = question }]) { AddGenerationPrompt = true };
        var prompt = ChatPrompt.Encode(load.Model.ChatTemplate!, load.Model.Tokenizer, conversation);
        return load.TokensPerSecondAsync([new(prompt, SamplingOptions.Greedy with { IgnoreEos = true }, Tokens)]);
    }
}
