// A streamed request's prompts are scored by one choice each, and the other choices wait for what it brings.
using System.Text.Json;
using Majlis.Inference;
using Majlis.Server.Completions;
using Majlis.Server.Wire;
using Xunit;

namespace Majlis.tests.Server.Completions;

public sealed class ScoresFirstTests(ChatServer shared) : IClassFixture<ChatServer>
{
    [Fact]
    public void Each_prompt_is_scored_by_one_choice()
    {
        using var run = Start(echo: true);
        Assert.Equal(new int?[] { 2, null, null, 2, null, null }, run.Choices.Select(choice => choice.PromptLogProbs));
    }

    [Theory]
    [InlineData(true, "3b 4d 0e 1a 1c 2f")]
    [InlineData(false, "1a 3b 1c 4d 0e 2f")]
    public async Task Choices_of_a_scored_prompt_wait_for_its_scores_and_others_for_nothing(bool echo, string expected)
    {
        using var run = Start(echo);
        var made = new[] { (1, "a"), (3, "b"), (1, "c"), (4, "d"), (0, "e"), (2, "f") }
            .Select(item => (item.Item1, new GeneratedPiece([], item.Item2, null))).ToAsyncEnumerable();
        var ordered = new List<string>();
        await foreach (var (choice, piece) in ScoresFirst.OrderAsync(run, made, TestContext.Current.CancellationToken))
            ordered.Add(choice + piece.Text);
        Assert.Equal(expected, string.Join(' ', ordered));
    }

    CompletionRun Start(bool echo)
    {
        var problem = new Problem();
        using var body = JsonDocument.Parse($$"""
            {"model":"tiny","prompt":["ab","cd"],"n":3,"logprobs":2,"stream":true,"echo":{{(echo ? "true" : "false")}}}
            """);
        var request = CompletionRequestReader.Read(body.RootElement, problem)!;
        return shared.Running.Part<CompletionStarter>().Start(request, problem)!;
    }
}
