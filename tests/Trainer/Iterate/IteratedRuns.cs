// Rounds of sampling and training on a tiny model; the best against the worst; what a judge says.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Evaluation;
using Majlis.tests.Support;
using Majlis.Trainer.Data;
using Majlis.Trainer.Iterate;
using Majlis.Trainer.Stages;
using Xunit;

namespace Majlis.tests.Trainer.Iterate;

public sealed class IteratedRuns : IDisposable
{
    sealed class Judge(Queue<(HttpStatusCode Status, string Body)> replies) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var (status, body) = replies.Dequeue();
            return Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body) });
        }
    }

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static ModelAnswer Answer(string text, params int[] tokens) => new([.. tokens], text, IsCut: false);

    [Theory, InlineData(true), InlineData(false)]
    public async Task Each_round_trains_on_answers_of_the_version_before(bool adapter)
    {
        var (model, prompts) = (Directory.CreateDirectory(folder.File("model")).FullName, folder.File("prompts.jsonl"));
        TinyStarter.Write(model);
        var rows = Enumerable.Range(0, 8).Select(index => $$"""{"prompt": "Say {{index}}", "matches": ["e"]}""");
        await File.WriteAllLinesAsync(prompts, rows, TestContext.Current.CancellationToken);
        var options = new IterateOptions
        {
            Model = model,
            Data = [prompts],
            Rounds = 2,
            MaxTokens = 5,
            MaxLength = 64,
            LearningRate = 1e-3,
            Lora = adapter ? new LoraSettings { Rank = 2 } : null,
        };
        var said = new List<string>();
        Task<string?> Run() => new IterateStage(options, model, new CheckerScorer(),
            new StageRun(new StageFolder(folder.File("run")), said.Add, new Progress<string>(), TimeProvider.System), _ => { }).RunAsync();
        Assert.Null(await Run());
        var last = said[^1]["done: ".Length..];
        Assert.StartsWith(folder.File("run", "round-2"), last);
        Assert.True(File.Exists(Path.Combine(last, "model.safetensors")));
        Assert.NotEqual(await File.ReadAllTextAsync(folder.File("run", "round-1", "pairs.jsonl"), TestContext.Current.CancellationToken),
            await File.ReadAllTextAsync(folder.File("run", "round-2", "pairs.jsonl"), TestContext.Current.CancellationToken));

        said.Clear();
        Assert.Null(await Run());
        Assert.All(said.SkipLast(1), line => Assert.Contains("nothing is left to do", line, StringComparison.Ordinal));
    }

    [Fact]
    public void The_best_answer_stands_against_the_worst_and_equal_ones_give_no_pair()
    {
        ModelAnswer[] answers = [Answer("a", 5, 1), Answer("b", 6, 1), Answer("c", 7, 1), Answer("", [])];
        var row = AnswerPairs.Row([3, 4], answers, [0.5, 2, null, 9])!;
        Assert.Equal("""{"prompt_ids":[3,4],"chosen_ids":[6,1],"rejected_ids":[5,1],"margin":1.5}""", row.ToJsonString());
        Assert.Null(AnswerPairs.Row([3], answers, [1, 1, 1, 1]));
        Assert.Null(AnswerPairs.Row([3], answers, [1, null, null, null]));
    }

    [Theory]
    [InlineData("It is fine. Mark: 7", 7.0)]
    [InlineData("Mark: 3\nNo, rather\n**Mark:** 4.5", 4.5)]
    [InlineData("Mark: 11", null)]
    [InlineData("Seven.", null)]
    public void A_judges_last_mark_counts(string said, double? expected) => Assert.Equal(expected, JudgeScorer.Mark(said));

    [Fact]
    public async Task A_judge_that_is_no_judge_is_named_by_its_address()
    {
        var prompt = new PromptRow("here", new AnswerItem("prompt", [new JsonObject { ["role"] = "user", ["content"] = "?" }], []));
        using var scorer = new JudgeScorer(new HttpClient(new Judge(new([
            (HttpStatusCode.OK, """{"choices": [{"message": {"content": "Good. Mark: 8"}}]}"""),
            (HttpStatusCode.OK, "no JSON"), (HttpStatusCode.Unauthorized, "")]))), "http://judge/v1", "m", "key", TimeProvider.System);
        Assert.Equal([8.0], await scorer.ScoreAsync(prompt, [Answer("yes")]));
        Assert.Contains("http://judge/v1: the judge's reply is no chat completion",
            (await Assert.ThrowsAsync<IOException>(() => scorer.ScoreAsync(prompt, [Answer("yes")]))).Message, StringComparison.Ordinal);
        Assert.Contains("http://judge/v1: the judge answered 401",
            (await Assert.ThrowsAsync<IOException>(() => scorer.ScoreAsync(prompt, [Answer("yes")]))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"text": "x"}""", "expected 'messages' (a list), or 'prompt'")]
    [InlineData("""{"prompt": "x"}""", "'matches' and 'excludes' are both empty")]
    [InlineData("""{"prompt": "x", "matches": ["("]}""", "'(' is no regular expression")]
    public void A_prompt_that_cannot_be_scored_is_named(string row, string fault)
    {
        File.WriteAllText(folder.File("prompts.jsonl"), row);
        var message = Assert.Throws<DataException>(() => PromptRow.Read([folder.File("prompts.jsonl")], needsPatterns: true)).Message;
        Assert.Contains("prompts.jsonl line 1", message, StringComparison.Ordinal);
        Assert.Contains(fault, message, StringComparison.Ordinal);
    }
}
