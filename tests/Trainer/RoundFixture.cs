// A round in a temporary catalogue with the tiny model, votes from memory and a fixed critical task.
using System.Security.Cryptography;
using System.Text.Json;
using Majlis.Evaluation;
using Majlis.Feedback.Votes;
using Majlis.Model.Catalog;
using Majlis.Trainer.Operations;
using Majlis.Trainer.Rounds;

namespace Majlis.tests.Trainer;

sealed class RoundFixture : IDisposable, IProgress<string>
{
    public static RoundOptions Options { get; } = new()
    {
        Policy = "small",
        HeldOutPercent = 30,
        Epochs = 3,
        LearningRate = 2e-2,
        Rank = 4,
        Alpha = 8,
        SaveEvery = 2,
        Seed = 3,
    };

    readonly List<string> said = [];
    readonly Dictionary<string, long> advanced = [];

    public string Folder { get; } = Directory.CreateTempSubdirectory("majlis-round").FullName;

    public ModelCatalog Catalog => new(Folder, TimeProvider.System);

    public IReadOnlyList<StoredVote> Votes { get; set; } = Some.Votes(48);

    public long Newest { get; init; }

    /// <summary>Ids of votes that were erased.</summary>
    public IReadOnlyList<string> Erased { get; set; } = [];

    public string Model { get; init; } = Some.TinyModel;

    public string Reader { get; set; } = "trainer";

    public bool ExpertJobs { get; init; }

    public IReadOnlyList<AnswerItem> Tasks { get; init; } = [];

    public long Advanced => advanced.GetValueOrDefault(Reader);

    /// <summary>The folder of the first round.</summary>
    public string First => Path.Combine(Folder, ".rounds", "0001");

    public IReadOnlyList<string> Said => said;

    /// <summary>Called with every line and at every stage's boundary; may throw, as if killed.</summary>
    public Action<string> Watch { get; set; } = _ => { };

    public Task<RoundOutcome> RunAsync(RoundOptions? options = null, CriticalItems? critical = null, TrainerMetrics? metrics = null)
    {
        var votes = new VoteSource(
            Reader, after => Task.FromResult<IReadOnlyList<StoredVote>>([.. Votes.Where(vote => vote.Number > after)]),
            () => Task.FromResult(Newest), () => Task.FromResult(Advanced), Advance,
            ids => Task.FromResult<IReadOnlySet<string>>(Erased.Intersect(ids).ToHashSet()));
        var parts = new RoundParts(Catalog, Model, votes, critical ?? (_ => Items), Say, this, TimeProvider.System)
        {
            ExpertJobs = ExpertJobs,
            Tasks = Tasks,
        };
        if (metrics is not null) parts = parts with { Stepped = metrics.Training.Stepped, Judged = metrics.Judged };
        return new Round(RoundFolders.Open(Folder, stage => Watch($"stage {stage}")), parts, options ?? Options).RunAsync();
    }

    /// <summary>Another's version: the unchanged tiny model.</summary>
    public void Commit(string version)
    {
        var draft = Catalog.Begin(version);
        foreach (var folder in new[] { draft.MasterFolder, draft.ServeFolder })
            foreach (var file in Directory.EnumerateFiles(Some.TinyModel)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        draft.Commit(new Manifest { Id = version, Recipe = JsonSerializer.SerializeToElement("by hand") });
    }

    /// <summary>sha256 of the master's and the served weights of a version.</summary>
    public string Bits(string version) => string.Join(' ', new[] { Catalog.MasterPath(version), Catalog.ServePath(version) }
        .Select(path => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(path, "model.safetensors"))))));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Just enough items to exclude a loss where none changes.</summary>
    static IReadOnlyList<PreferenceItem> Items { get; } =
        [.. Enumerable.Range(0, 8).Select(index => new PreferenceItem($"safety-{index}", [5, 6 + index], [7, 1], [8, 9, 10, 1]))];

    Task Advance(long number)
    {
        advanced[Reader] = number;
        return Task.CompletedTask;
    }

    public void Report(string value) => Say(value);

    void Say(string line)
    {
        said.Add(line);
        Watch(line);
    }
}
