// Fine-tuning jobs from a file to a model: trained by the trainer's own program, told by events and checkpoints, refused by line.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.tests.Server.Clients;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.FineTuning;

public sealed class FineTuningTests : IAsyncLifetime
{
    TuningServer server = null!;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await TuningServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("supervised", "eval_mean_token_accuracy")]
    [InlineData("dpo", "eval_rewards/accuracies")]
    public async Task A_job_ends_as_a_model_and_tells_its_metrics(string method, string measured)
    {
        var rows = method == "dpo" ? TuningServer.Pairs(6) : TuningServer.Chats(6);
        var job = await server.BeginAsync(await server.FileAsync(rows), new()
        {
            ["validation_file"] = await server.FileAsync(rows, "held.jsonl"),
            ["suffix"] = "my cups",
            ["metadata"] = new JsonObject { ["team"] = "blue" },
            ["method"] = new JsonObject
            {
                ["type"] = method,
                [method] = new JsonObject { ["hyperparameters"] = new JsonObject { ["n_epochs"] = 2, ["batch_size"] = 3 } },
            },
        });
        Assert.Equal(("fine_tuning.job", TuningServer.Model), ((string)job["object"]!, (string)job["model"]!));
        job = await server.UntilAsync(job, "succeeded");
        Assert.StartsWith("tiny:my-cups-", (string)job["fine_tuned_model"]!, StringComparison.Ordinal);
        Assert.True((long)job["trained_tokens"]! > 0 && job["finished_at"] is not null && job["error"] is null);
        Assert.Equal((3, 2, 1.0), ((int)job["hyperparameters"]!["batch_size"]!, (int)job["hyperparameters"]!["n_epochs"]!,
            (double)job["hyperparameters"]!["learning_rate_multiplier"]!));

        var steps = (await server.EventsAsync(job)).Where(told => (string)told["type"]! == "metrics").ToList();
        Assert.Equal([1, 2, 3, 4], steps.Select(told => (int)told["data"]!["step"]!));
        Assert.All(steps, told => Assert.NotNull(told["data"]!["loss"]));
        Assert.Equal([false, true, false, true], steps.Select(told => told["data"]![measured] is not null));

        var checkpoints = await server.GetAsync($"{TuningServer.Jobs}/{job["id"]}/checkpoints");
        Assert.Equal([4, 2], checkpoints["data"]!.AsArray().Select(kept => (int)kept!["step_number"]!));
        Assert.NotNull(checkpoints["data"]![0]!["metrics"]!["full_valid_loss"]);
        var csv = await server.Running.Http.GetStringAsync(new Uri($"/v1/files/{job["result_files"]![0]}/content", UriKind.Relative), Stop);
        Assert.Equal(["step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy", "1,", "2,", "3,", "4,"],
            csv.TrimEnd().Split('\n').Select((line, index) => index == 0 ? line : line[..2]));

        await IsServedAsync((string)job["fine_tuned_model"]!);
        await IsServedAsync((string)checkpoints["data"]![1]!["fine_tuned_model_checkpoint"]!);
        Assert.Contains(job["fine_tuned_model"]!.ToString().Replace("tiny:", "current:", StringComparison.Ordinal),
            (await server.GetAsync("/v1/models"))["data"]!.AsArray().Select(model => (string)model!["id"]!));

        if (!File.Exists(Shared.Data("data", "openai-openapi", "openapi.yaml"))) return;
        var schemas = ApiSchemas.Read(Shared.Data("data", "openai-openapi", "openapi.yaml"));
        Assert.Empty(schemas.Faults("FineTuningJob", job));
        Assert.Empty(schemas.Faults("ListPaginatedFineTuningJobsResponse", await server.GetAsync(TuningServer.Jobs)));
        Assert.Empty(schemas.Faults("ListFineTuningJobCheckpointsResponse", checkpoints));
        Assert.Empty(schemas.Faults("ListFineTuningJobEventsResponse", await server.GetAsync($"{TuningServer.Jobs}/{job["id"]}/events")));
        Assert.Single((await server.GetAsync($"{TuningServer.Jobs}?metadata[team]=blue"))["data"]!.AsArray());
        Assert.Empty((await server.GetAsync($"{TuningServer.Jobs}?metadata[team]=red"))["data"]!.AsArray());
    }

    [Fact]
    public async Task A_fine_tuned_model_is_deleted_by_whoever_made_it()
    {
        var job = await server.UntilAsync(await server.BeginAsync(await server.FileAsync(TuningServer.Chats(3)),
            new() { ["hyperparameters"] = new JsonObject { ["n_epochs"] = 1 } }), "succeeded");
        var model = (string)job["fine_tuned_model"]!;
        await IsServedAsync(model);
        var deleted = await server.Running.Http.DeleteAsync(new Uri($"/v1/models/{model}", UriKind.Relative), Stop);
        Assert.True((bool)(await RunningServer.JsonAsync(deleted))["deleted"]!);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Running.ChatAsync(new() { ["model"] = model })).StatusCode);
        deleted = await server.Running.Http.DeleteAsync(new Uri($"/v1/models/{model}", UriKind.Relative), Stop);
        Assert.Equal((HttpStatusCode.NotFound, "model_not_found"),
            (deleted.StatusCode, (string?)(await RunningServer.ErrorAsync(deleted))["code"]));
    }

    [Theory]
    [InlineData("supervised", """{"messages": []}""", "line 7: Invalid 'messages': it is empty.")]
    [InlineData("supervised", """{"messages": [{"role": "user", "content": "a"}]}""", "no message of the assistant")]
    [InlineData("supervised", """{"messages": [{"role": "user"}]}""", "line 7: Missing required parameter: 'messages[0].content'.")]
    [InlineData("supervised", """{"messages": [{"role": "bot", "content": "a"}]}""", "line 7: Invalid 'messages[0].role'")]
    [InlineData("supervised", """{"messages": [{"role": "assistant", "content": "a", "weight": 2}]}""", "messages[0].weight")]
    [InlineData("supervised", """{"messages": [{"role": "assistant", "content": "a"}], "colour": 1}""", "Unknown parameter: 'colour'")]
    [InlineData("supervised", """{"prompt": "a", "completion": "b"}""", "line 7: Missing required parameter: 'messages'.")]
    [InlineData("dpo", """{"messages": [{"role": "assistant", "content": "a"}]}""", "line 7: Missing required parameter: 'input'.")]
    [InlineData("dpo", """
        {"input": {"messages": [{"role": "user", "content": "a"}]}, "preferred_output": [{"role": "assistant", "content": "a"}],
        "non_preferred_output": [{"role": "assistant", "content": "a"}]}
        """, "preferred one again")]
    public async Task A_wrong_line_fails_the_job_by_file_and_number(string method, string line, string words)
    {
        var rows = (method == "dpo" ? TuningServer.Pairs(6) : TuningServer.Chats(6)) + "\n" + line.ReplaceLineEndings("");
        var job = await server.BeginAsync(await server.FileAsync(rows, "مثال.jsonl"),
            new() { ["method"] = new JsonObject { ["type"] = method } });
        job = await server.UntilAsync(job, "failed");
        Assert.Equal(("invalid_training_file", "training_file"), ((string)job["error"]!["code"]!, (string)job["error"]!["param"]!));
        Assert.StartsWith("مثال.jsonl, line 7: ", (string)job["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Contains(words, (string)job["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal("error", (string)(await server.EventsAsync(job))[^1]["level"]!);
    }

    [Theory]
    [InlineData("""{"training_file": "FILE"}""", 400, "model")]
    [InlineData("""{"model": "tiny"}""", 400, "training_file")]
    [InlineData("""{"model": "gpt-4o-mini", "training_file": "FILE"}""", 404, "model")]
    [InlineData("""{"model": "tiny", "training_file": "file-none"}""", 404, "training_file")]
    [InlineData("""{"model": "tiny", "training_file": "FILE", "validation_file": "batch_1"}""", 404, "validation_file")]
    [InlineData("""{"model": "tiny", "training_file": "FILE", "suffix": ""}""", 400, "suffix")]
    [InlineData("""{"model": "tiny", "training_file": "FILE", "integrations": [{"type": "wandb"}]}""", 400, "integrations")]
    [InlineData("""{"model": "tiny", "training_file": "FILE", "method": {"type": "reinforcement"}}""", 400, "method.type")]
    [InlineData("""{"model": "tiny", "training_file": "FILE", "hyperparameters": {"n_epochs": 51}}""", 400, "hyperparameters.n_epochs")]
    [InlineData("""
        {"model": "tiny", "training_file": "FILE", "method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 1e308}}}}
        """, 400, "method.dpo.hyperparameters.beta")]
    [InlineData("""{"model": "tiny", "training_file": "FILE", "hyperparameters": {"beta": 0.1}}""", 400, "hyperparameters.beta")]
    [InlineData("""{"model": "tiny", "training_file": "FILE", "method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 3}}}}""", 400,
        "method.dpo.hyperparameters.beta")]
    public async Task What_is_no_job_is_refused_by_its_field(string body, int status, string param)
    {
        var file = await server.FileAsync(TuningServer.Chats(3));
        var http = await server.Running.PostAsync(TuningServer.Jobs, body.Replace("FILE", file, StringComparison.Ordinal));
        Assert.Equal(status, (int)http.StatusCode);
        Assert.Equal(param, (string?)(await RunningServer.ErrorAsync(http))["param"]);
    }

    [Fact]
    public async Task A_job_learns_only_from_files_that_were_kept_for_it()
    {
        var file = await server.FileAsync(TuningServer.Chats(3), purpose: "batch");
        var http = await server.Running.PostAsync(TuningServer.Jobs, $$"""{"model": "tiny", "training_file": "{{file}}"}""");
        Assert.Equal((HttpStatusCode.BadRequest, "training_file"),
            (http.StatusCode, (string?)(await RunningServer.ErrorAsync(http))["param"]));
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("ftjob-none", "cancel")).StatusCode);
    }

    [Fact]
    public async Task A_job_is_paused_resumed_and_cancelled()
    {
        var job = await server.BeginAsync(await server.FileAsync(TuningServer.Chats(20)), Long);
        await server.UntilAsync(job, "running");
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(job["id"], "resume")).StatusCode);
        Assert.Equal("paused", (string)(await RunningServer.JsonAsync(await PostAsync(job["id"], "pause")))["status"]!);
        // Another goes ahead meanwhile.
        await server.UntilAsync(await server.BeginAsync(await server.FileAsync(TuningServer.Chats(3)),
            new() { ["hyperparameters"] = new JsonObject { ["n_epochs"] = 1 } }), "succeeded");
        Assert.Equal("queued", (string)(await RunningServer.JsonAsync(await PostAsync(job["id"], "resume")))["status"]!);
        await server.UntilAsync(job, "running");
        Assert.Equal("cancelled", (string)(await RunningServer.JsonAsync(await PostAsync(job["id"], "cancel")))["status"]!);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(job["id"], "pause")).StatusCode);
        Assert.Equal("Fine-tuning job cancelled", (string)(await server.EventsAsync(job))[^1]["message"]!);
    }

    async Task IsServedAsync(string model)
    {
        var http = await server.Running.ChatAsync(new() { ["model"] = model, ["max_tokens"] = 2 });
        Assert.True(http.StatusCode == HttpStatusCode.OK, await http.Content.ReadAsStringAsync(Stop));
        Assert.Equal(model, (string)(await RunningServer.JsonAsync(http))["model"]!);
    }

    /// <summary>Steps enough to be interrupted.</summary>
    internal static JsonObject Long => new() { ["hyperparameters"] = new JsonObject { ["n_epochs"] = 50, ["batch_size"] = 1 } };

    Task<HttpResponseMessage> PostAsync(JsonNode? id, string act) => server.Running.PostAsync($"{TuningServer.Jobs}/{id}/{act}", "");
}
