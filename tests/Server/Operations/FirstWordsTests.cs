// What a server process says once it listens, with the starter and with a model that was named, for people and as JSON.
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Operations;

public sealed class FirstWordsTests : IDisposable
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task With_the_starter_they_say_where_to_go_what_it_can_do_and_how_to_name_a_real_model()
    {
        TinyStarter.Lay(folder.Path);
        await using var server = await StartAsync("starter answers at ");
        var address = server.Said.Trim().Split(' ')[3];
        Assert.Matches("^http://127.0.0.1:[0-9]+/$", address);
        Assert.Contains($"{address}arena", server.Said, StringComparison.Ordinal);
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri($"{address}arena"), Stop)).StatusCode);
        await server.TellToEndAsync();
        var lines = (await server.Rest).Split('\n').Skip(1).Take(3).Select(line => line.Trim()).ToArray();
        Assert.StartsWith("The starter can: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("It cannot: ", lines[1], StringComparison.Ordinal);
        Assert.Equal("A real model: --model PATH or --model ORG/NAME.", lines[2]);
    }

    [Fact]
    public async Task A_model_that_was_named_needs_no_such_words()
    {
        var model = Directory.CreateDirectory(folder.File("mine")).FullName;
        TinyStarter.Write(model);
        await using var server = await StartAsync("mine answers at ", "--model", model, "--log", "json");
        await server.TellToEndAsync();
        Assert.DoesNotContain("starter", await server.Rest, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task As_json_every_line_stays_an_object()
    {
        TinyStarter.Lay(folder.Path);
        await using var server = await StartAsync("starter answers at ", "--log", "json");
        Assert.EndsWith("/arena", (string)JsonNode.Parse(server.Said)!["State"]!["Arena"]!, StringComparison.Ordinal);
        await server.TellToEndAsync();
        var lines = (await server.Rest).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("--model PATH", (string)JsonNode.Parse(lines[0])!["Message"]!, StringComparison.Ordinal);
        Assert.All(lines, line => Assert.NotNull(JsonNode.Parse(line)));
    }

    Task<ServerProcess> StartAsync(string ready, params string[] more)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Majlis.Server"), ["--urls", "http://127.0.0.1:0", .. more])
        {
            WorkingDirectory = folder.Path,
        };
        start.Environment["Logging__LogLevel__Default"] = "Information"; // other tests ask for less, and what they ask is inherited
        return ServerProcess.StartAsync(start, ready);
    }
}
