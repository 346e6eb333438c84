// best_of_n with a reward model beside the chat model: the answers of highest reward come back, best first, as the plain network scores
// conversation and answer in the reward model's own words.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Server.Models;
using Majlis.tests.Server.Embeddings;
using Majlis.tests.Support;
using Majlis.tests.Torch;
using Majlis.Text;
using Majlis.Torch;
using Xunit;
using static TorchSharp.torch;

namespace Majlis.tests.Server;

public sealed class RewardRankingTests : IDisposable
{
    const string Name = "tiny-reward";

    const string Template = "{% for m in messages %}{% if m.content == 'odd' %}{{ raise_exception('odd') }}{% endif %}"
        + "{{ m.content }} {% endfor %}";

    readonly string folder = Directory.CreateTempSubdirectory("majlis-reward-").FullName;

    public void Dispose() => TemporaryFolder.Remove(folder);

    [Fact]
    public async Task The_best_have_the_highest_reward()
    {
        await using var server = await StartAsync();
        const string fields = """{"temperature":2,"seed":7,"n":N,"best_of_n":6}""";
        var all = await TextsAsync(server, fields.Replace("N", "6", StringComparison.Ordinal));
        var best = await TextsAsync(server, fields.Replace("N", "3", StringComparison.Ordinal));
        Assert.Equal(all.OrderByDescending(answer => Reward("hello", answer)).Take(3), best);
        Assert.True(all.Distinct().Count() > 1);
    }

    [Theory]
    [InlineData("""{"best_of_n":2,"max_tokens":1000}""", "best_of_n")]
    [InlineData("""{"best_of_n":2,"messages":[{"role":"user","content":"odd"}]}""", "messages")]
    public async Task What_the_reward_model_cannot_read_is_refused_before_it_is_generated(string fields, string param)
    {
        await using var server = await StartAsync();
        var http = await server.ChatAsync(JsonNode.Parse(fields)!.AsObject());
        var error = (await RunningServer.JsonAsync(http))["error"]!;
        Assert.Equal((HttpStatusCode.BadRequest, param), (http.StatusCode, (string?)error["param"]));
        Assert.Contains(Name, (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_a_score_or_a_template_is_no_reward_model()
    {
        var plain = TinyEncoder.Write(Path.Combine(folder, "plain"));
        Assert.Contains("one label", Assert.Throws<ModelFormatException>(() => ModelOpener.Of(new()).OpenRewardModel(plain, Name)).Message,
            StringComparison.Ordinal);
        var untold = Write("untold");
        Assert.Contains("chat template",
            Assert.Throws<ModelFormatException>(() => ModelOpener.Of(new()).OpenRewardModel(untold, Name)).Message,
            StringComparison.Ordinal);
    }

    async Task<RunningServer> StartAsync()
    {
        var path = Write(Name);
        File.WriteAllText(Path.Combine(path, "chat_template.jinja"), Template);
        return await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("Good.", "Worse.", "Bad.", "So so.")),
            encoders: new(Reward: ModelOpener.Of(new()).OpenRewardModel(path, Name)));
    }

    string Write(string name) => TinyEncoder.WriteCross(Path.Combine(folder, name));

    static async Task<List<string>> TextsAsync(RunningServer server, string fields) =>
        [.. (await RunningServer.JsonAsync(await server.ChatAsync(JsonNode.Parse(fields)!.AsObject())))["choices"]!.AsArray()
            .Select(choice => (string)choice!["message"]!["content"]!)];

    double Reward(string question, string answer)
    {
        using var checkpoint = Checkpoint.Open(Path.Combine(folder, Name));
        using var plain = new Transformer(checkpoint.Blueprint, checkpoint.Weights);
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var ids = checkpoint.Tokenizer!.Encode($"{question} {answer} ", addSpecialTokens: false);
        return plain.Scores(ArchitectureCase.Ids(ids), null, ArchitectureCase.Ids(new int[ids.Length])).Number();
    }
}
