// The cost of a request is limited before it is paid: lists, texts and bodies are counted before templating and tokenizing, and large
// bodies are prepared where they delay nobody.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Server.Wire;
using Xunit;

namespace Majlis.tests.Server;

public sealed class WorkLimitTests(ChatServer shared) : IClassFixture<ChatServer>
{
    readonly RunningServer server = shared.Running;

    static string Many(string item, int count) => string.Join(',', Enumerable.Repeat(item, count));

    [Theory]
    [InlineData("messages", """{"messages":[#]}""", """{"role":"user","content":"a"}""", 2048)]
    [InlineData("messages[0].content", """{"messages":[{"role":"user","content":[#]}]}""", """{"type":"text","text":"a"}""", 2048)]
    [InlineData("messages[0].tool_calls", """{"messages":[{"role":"assistant","tool_calls":[#]}]}""",
        """{"id":"c","type":"function","function":{"name":"f","arguments":""}}""", 128)]
    [InlineData("documents", """{"messages":[{"role":"user","content":"a"}],"documents":[#]}""", "\"a\"", 1024)]
    public async Task Lists_are_counted_before_they_are_read(string param, string body, string item, int most)
    {
        foreach (var (count, refused) in new[] { (most, false), (most + 1, true) })
        {
            var json = body.Replace("#", Many(item, count), StringComparison.Ordinal).Insert(1, "\"model\":\"current\",");
            var error = (await RunningServer.JsonAsync(await server.PostAsync("/v1/chat/completions", json)))["error"];
            Assert.Equal(refused, (string?)error?["code"] == "array_above_max_length" && (string?)error["param"] == param);
            if (refused) Assert.Contains($"{most}", (string)error!["message"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Parts_count_over_all_messages()
    {
        var message = $$"""{"role":"user","content":[{{Many("""{"type":"text","text":"a"}""", 1025)}}]}""";
        var error = await RefusedAsync($"\"messages\":[{message},{message}]");
        Assert.Equal("messages[1].content", (string?)error["param"]);
    }

    [Theory]
    [InlineData("\"chat_template_kwargs\":{\"x\":[#]}", "0", 40_000, "chat_template_kwargs")]
    [InlineData("\"stop\":\"#\"", "0", 600, "stop")]
    [InlineData("\"bad_words\":[\"#\"]", "0", 200, "bad_words[0]")]
    [InlineData("\"documents\":[{#}]", "\"k~\":\"v\"", 65, "documents[0]")]
    public async Task What_a_template_or_the_engine_would_walk_has_a_stated_end(string field, string item, int count, string param)
    {
        var index = 0;
        var items = string.Join(',', Enumerable.Repeat(item, count)
            .Select(text => text.Replace("~", $"{index++}", StringComparison.Ordinal)));
        var error = await RefusedAsync(
            $"\"messages\":[{{\"role\":\"user\",\"content\":\"a\"}}],{field.Replace("#", items, StringComparison.Ordinal)}");
        Assert.Equal(param, (string?)error["param"]);
    }

    [Theory]
    [InlineData("\"messages\":[{\"role\":\"user\",\"content\":\"#\"}]")]
    [InlineData("\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"#\"}]}]")]
    [InlineData("\"messages\":[{\"role\":\"assistant\",\"refusal\":\"#\"}]")]
    [InlineData("\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"documents\":[\"#\"]")]
    [InlineData("\"messages\":[{\"role\":\"assistant\",\"function_call\":{\"name\":\"f\",\"arguments\":\"#\"}}]")]
    public async Task Text_beyond_what_the_context_can_hold_is_refused_before_it_is_taken_apart(string field)
    {
        var error = await RefusedAsync(field.Replace("#", new string('x', 3_000_000), StringComparison.Ordinal));
        Assert.Equal(("context_length_exceeded", "messages"), ((string?)error["code"], (string?)error["param"]));
        Assert.Contains("more than 2048 tokens", (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_small_request_does_not_wait_for_large_ones()
    {
        using var queue = new PreparationQueue();
        using var gate = new ManualResetEventSlim();
        var large = Enumerable.Range(0, 8).Select(index => queue.RunAsync(PreparationQueue.Small + 1, () =>
        {
            gate.Wait(TestContext.Current.CancellationToken);
            return index;
        }, CancellationToken.None)).ToList();
        Assert.Equal("small", await queue.RunAsync(PreparationQueue.Small, () => "small", CancellationToken.None));
        Assert.DoesNotContain(large, task => task.IsCompleted);
        gate.Set();
        Assert.Equal(Enumerable.Range(0, 8), await Task.WhenAll(large));
    }

    [Fact]
    public async Task Large_bodies_without_end_are_told_to_come_back_and_those_whose_client_left_are_passed_over()
    {
        using var queue = new PreparationQueue();
        using var gate = new ManualResetEventSlim();
        using var left = new CancellationTokenSource();
        var waiting = new List<Task<int>>();
        var busy = await Assert.ThrowsAsync<Majlis.Inference.EngineBusyException>(async () =>
        {
            for (var most = 1000; most > 0; most--)
            {
                var next = queue.RunAsync(PreparationQueue.Small + 1, () =>
                {
                    gate.Wait(CancellationToken.None);
                    return 1;
                }, left.Token);
                if (next.IsFaulted) await next;
                waiting.Add(next);
            }
        });
        Assert.Contains("busy", busy.Message, StringComparison.Ordinal);
        await left.CancelAsync();
        gate.Set();
        await Task.WhenAll(waiting.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));
        Assert.InRange(waiting.Count(task => task.IsCompletedSuccessfully), 0, Math.Max(1, Environment.ProcessorCount / 4));
        Assert.Equal(2, await queue.RunAsync(PreparationQueue.Small + 1, () => 2, CancellationToken.None));
    }

    [Fact]
    public async Task A_body_may_begin_with_a_byte_order_mark()
    {
        using var content = new ByteArrayContent(
            [0xEF, 0xBB, 0xBF, .. """{"model":"current","messages":[{"role":"user","content":"a"}]}"""u8]);
        content.Headers.ContentType = new("application/json");
        var http = await server.Http.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content,
            TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, http.StatusCode);
    }

    async Task<JsonNode> RefusedAsync(string fields)
    {
        var http = await server.PostAsync("/v1/chat/completions", $"{{\"model\":\"current\",{fields}}}");
        Assert.Equal(HttpStatusCode.BadRequest, http.StatusCode);
        return (await RunningServer.JsonAsync(http))["error"]!;
    }
}
