// Stages of training as real processes, killed again and again at moments that a seed draws: they end with the bits of a run that
// nobody disturbed. `MAJLIS_KILLS` says how often each is killed. The same where the disk was full in between.
using System.Globalization;
using Majlis.Model;
using Majlis.Model.Hashes;
using Majlis.recipes.starter.Rows;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class KilledStages : IDisposable
{
    const int Keep = 2;
    const int MostSteps = 6; // that are seen before a kill

    static readonly int kills = int.Parse(Environment.GetEnvironmentVariable("MAJLIS_KILLS") ?? "2", CultureInfo.InvariantCulture);

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("adapter", "lora: {rank: 4}\noptimizer_state: 8bit\n", "adapter/adapter_model.safetensors")]
    [InlineData("weights", "", "master/model.safetensors")]
    public async Task Killed_at_any_moment_it_goes_on_to_the_same_bits(string name, string more, string result)
    {
        var (recipe, stage) = (Recipe(name, more), folder.File("killed"));
        var whole = await StageProcess.RunAsync("dpo", recipe, folder.File("whole"));
        Assert.True(whole.Ended, whole.Said);

        var random = new Random(name.Length);
        for (var kill = 0; kill < kills; kill++)
        {
            // While it starts, or some steps later: between two checkpoints, or in the middle of one.
            var early = random.Next(4) == 0;
            var life = await StageProcess.RunAsync("dpo", recipe, stage,
                killAfter: (early ? 0 : random.Next(1, MostSteps), (early ? whole.Start : whole.Step) * random.NextDouble()));
            Assert.False(life.Ended, "the run ended before it was killed");
            Check(stage);
        }
        var last = await StageProcess.RunAsync("dpo", recipe, stage);
        Assert.True(last.Ended, last.Said);

        Assert.Equal(Bytes(folder.File("whole"), result), Bytes(stage, result));
        Assert.Equal(File.ReadAllLines(folder.File("whole", "result", "metrics.jsonl")),
            File.ReadAllLines(folder.File("killed", "result", "metrics.jsonl")));
        Assert.Equal(Keep, States(stage).Length);
        Assert.Empty(Directory.EnumerateFileSystemEntries(stage, "*" + DurableFiles.Unfinished, SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_disk_that_is_full_in_the_middle_of_a_checkpoint_costs_no_earlier_one()
    {
        using var volume = SmallVolume.Mount(16);
        var (recipe, stage) = (Recipe("weights", ""), Path.Combine(volume.Path, "stage"));
        await StageProcess.RunAsync("dpo", recipe, stage, killAfter: (3, TimeSpan.Zero));
        var before = States(stage);
        foreach (var part in Directory.EnumerateDirectories(Path.Combine(stage, "states")).Except(before))
            Directory.Delete(part, recursive: true);
        volume.Fill(left: 1 << 20); // a checkpoint takes half as much again

        var full = await StageProcess.RunAsync("dpo", recipe, stage);
        Assert.False(full.Ended);
        Assert.Contains($"{stage}: the disk is full (", full.Said, StringComparison.Ordinal);
        Assert.Contains("state.safetensors'", full.Said, StringComparison.Ordinal);
        Assert.Equal(before, States(stage));
        Check(stage);

        volume.Free();
        var last = await StageProcess.RunAsync("dpo", recipe, stage);
        Assert.True(last.Ended, last.Said);
        await StageProcess.RunAsync("dpo", recipe, folder.File("whole"));
        Assert.Equal(Bytes(folder.File("whole"), "master/model.safetensors"), Bytes(stage, "master/model.safetensors"));
    }

    static byte[] Bytes(string stage, string result) => File.ReadAllBytes(Path.Combine(stage, "result", result));

    /// <summary>Whatever is there under its own name is whole.</summary>
    static void Check(string stage)
    {
        foreach (var state in States(stage))
            Assert.Contains(FileHash.Of(Path.Combine(state, "state.safetensors")), File.ReadAllText(Path.Combine(state, "state.json")),
                StringComparison.Ordinal);
        Assert.InRange(States(stage).Length, 0, Keep + 1); // killed after a new one was renamed and before the oldest was deleted
        Assert.False(Directory.Exists(Path.Combine(stage, "result")));
    }

    static string[] States(string stage)
    {
        var states = Path.Combine(stage, "states");
        return !Directory.Exists(states) ? []
            : [.. Directory.EnumerateDirectories(states).Where(path => !path.EndsWith(DurableFiles.Unfinished, StringComparison.Ordinal))];
    }

    string Recipe(string name, string more)
    {
        var model = Directory.CreateDirectory(folder.File("model")).FullName;
        TinyStarter.Write(model);
        JsonLines.Write(folder.File("pairs.jsonl"), TrainingRows.Pairs(Mixture.Named("en"), 3, 8));
        var recipe = folder.File(name + ".yml");
        File.WriteAllText(recipe, $"model: {model}\ndata: [{folder.File("pairs.jsonl")}]\nlearning_rate: 1e-3\nbatch_pairs: 2\n"
            + $"steps: {(kills + 1) * (MostSteps + 1)}\nsave_every: 1\nkeep: {Keep}\n{more}");
        return recipe;
    }
}
