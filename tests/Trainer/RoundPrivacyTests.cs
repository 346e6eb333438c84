// A round's files hold users' texts: only their owner can read them, during the round and after it.
using System.Runtime.Versioning;
using Majlis.tests.Support;
using Majlis.Trainer.Rounds;
using Xunit;

namespace Majlis.tests.Trainer;

[UnsupportedOSPlatform("windows")]
public sealed class RoundPrivacyTests
{
    public RoundPrivacyTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "modes are Unix's");

    [Fact]
    public async Task A_round_is_its_owners_alone_at_every_stage_and_its_version_is_as_open_as_the_catalogue()
    {
        using var round = new RoundFixture();
        var stages = 0;
        round.Watch = line =>
        {
            if (!line.StartsWith("stage ", StringComparison.Ordinal) || line.EndsWith('?')) return;
            Modes.AllPrivate(round.First);
            stages++;
        };
        Assert.True((await round.RunAsync()).Promoted);
        Modes.AllPrivate(round.First);
        Assert.True(stages > 8);
        var version = Path.Combine(round.Folder, "v0001");
        Assert.Equal(File.GetUnixFileMode(Path.Combine(version, "manifest.json")),
            File.GetUnixFileMode(Path.Combine(version, "serve", "model.safetensors")));
    }

    [Fact]
    public void What_an_earlier_trainer_left_open_is_closed()
    {
        using var folder = new TemporaryFolder();
        var catalog = folder.File("catalog");
        var rounds = Path.Combine(catalog, ".rounds");
        using (RoundFolders.Lock(catalog)) Directory.CreateDirectory(Path.Combine(rounds, "0001", "experts"));
        File.WriteAllText(Path.Combine(rounds, "0001", "pairs.json"), "{}");
        Modes.Open(rounds);
        var open = File.GetUnixFileMode(catalog);
        using (RoundFolders.Lock(catalog)) Modes.AllPrivate(rounds);
        Assert.Equal(open, File.GetUnixFileMode(catalog));
    }
}
