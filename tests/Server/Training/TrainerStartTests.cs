// What a trainer beside the server is told, and where its program is looked for.
using System.Diagnostics;
using Majlis.CommandLine;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Server;
using Majlis.Server.Training;
using Majlis.tests.Support;
using Majlis.Trainer;
using Xunit;

namespace Majlis.tests.Server.Training;

public sealed class TrainerStartTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    ModelCatalog Catalog => new(folder.File("catalog"), TimeProvider.System);

    ProcessStartInfo Start(ServerOptions options) =>
        TrainerStart.Of("trainer", options with { Catalog = Catalog.Folder }, new Starter(folder.Path), Catalog);

    [Fact]
    public async Task It_gets_the_servers_catalogue_store_and_model_and_no_key()
    {
        var start = Start(new() { Data = "d", Redis = "redis:6379,password=s3cret", RedisPassword = "s3cret", Model = "org/model" });
        Assert.Equal(["--beside-server"], start.ArgumentList);
        var told = await ToldAsync(start);
        Assert.Equal((Catalog.Folder, "d", "org/model", "redis:6379,password=s3cret", "s3cret"),
            (told.Catalog, told.Data, told.Model, told.Redis, told.RedisPassword));
        Assert.Equal(new TrainerOptions().Round, told.Round);
        Assert.Null(start.Environment["MAJLIS_ADMIN_KEY"]);
    }

    [Fact]
    public async Task From_the_starter_it_trains_with_values_that_suit_it()
    {
        var path = TinyStarter.Lay(folder.Path);
        var suits = new StarterTraining();
        foreach (var named in new[] { null, path })
        {
            var told = await ToldAsync(Start(new() { Model = named }));
            Assert.Equal((path, suits.Votes), (told.Model, told.Votes));
            Assert.Equal((suits.Policy, suits.HeldOut, suits.Epochs, suits.LearningRate),
                (told.Round.Policy, told.Round.HeldOutPercent, told.Round.Epochs, told.Round.LearningRate));
            Assert.Equal((suits.Experts, suits.Rank, suits.Beta), (told.Round.Experts, told.Round.Rank, told.Round.Beta));
            Assert.Equal((suits.TargetModules, suits.LengthAlpha), (told.Round.TargetModules, told.Round.LengthAlpha));
            Assert.Null(told.Tasks);
        }
        var tasks = Path.Combine(path, "tasks.jsonl");
        const string item = """{"task": "t", "messages": [{"role": "user", "content": "1 + 1?"}], "matches": ["2"]}""";
        await File.WriteAllTextAsync(tasks, item, TestContext.Current.CancellationToken);
        var judged = await ToldAsync(Start(new()));
        Assert.Equal((tasks, suits.TaskMargin), (judged.Tasks, judged.Round.TaskMargin));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task So_it_does_from_a_version_that_descends_from_the_starter_and_no_other(bool descends)
    {
        var path = TinyStarter.Lay(folder.Path);
        using (var starter = Checkpoint.Open(path)) Commit("v0001", descends ? starter.WeightsHash : new string('a', 64));
        Commit("v0002", "v0001");
        var told = await ToldAsync(Start(new()));
        Assert.Equal(descends ? "small" : "standard", told.Round.Policy);
    }

    [Fact]
    public void The_program_lies_in_its_own_folder_of_the_builds_or_in_the_servers()
    {
        var server = Directory.CreateDirectory(folder.File("bin", "Server", "release")).FullName;
        Assert.Null(TrainerProgram.Find(server));
        var words = TrainerProgram.Absence(server);
        Assert.Contains(folder.File("bin", "Trainer", "release", "Majlis.Trainer"), words, StringComparison.Ordinal);
        Assert.Contains("dotnet build Server", words, StringComparison.Ordinal);
        foreach (var place in new[] { server, folder.File("bin", "Trainer", "release") })
        {
            Directory.CreateDirectory(place);
            var program = Path.Combine(place, OperatingSystem.IsWindows() ? "Majlis.Trainer.exe" : "Majlis.Trainer");
            File.WriteAllBytes(program, []);
            Assert.Equal(program, TrainerProgram.Find(server + Path.DirectorySeparatorChar));
        }
    }

    void Commit(string version, string parent)
    {
        var draft = Catalog.Begin(version);
        foreach (var file in Directory.EnumerateFiles(folder.File("models", "starter")))
            File.Copy(file, Path.Combine(draft.ServeFolder, Path.GetFileName(file)));
        draft.Commit(new Manifest { Id = version, Parents = [parent] });
        var state = Catalog.State();
        Assert.True(Catalog.TrySwap(state, state.Promote(version), Moves.Promote));
    }

    /// <summary>The options as the trainer reads them.</summary>
    static async Task<TrainerOptions> ToldAsync(ProcessStartInfo start)
    {
        TrainerOptions? told = null;
        var command = TrainerCommand.Build(
            new OptionSources(name => start.Environment.TryGetValue($"MAJLIS_{name.ToUpperInvariant()}", out var value) ? value : null),
            options =>
            {
                told = options;
                return Task.FromResult(0);
            });
        await command.RunAsync(start.ArgumentList);
        Assert.True(told!.BesideServer);
        return told;
    }
}
