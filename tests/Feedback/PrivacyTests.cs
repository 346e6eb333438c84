// Only the owner may read stored votes: files are made so, and wider rights are taken away. Other files stay as they are.
using System.Runtime.Versioning;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Feedback;

[UnsupportedOSPlatform("windows")]
public sealed class PrivacyTests
{
    public PrivacyTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "modes are Unix's");

    [Fact]
    public async Task All_that_a_store_writes_is_its_owners_also_what_it_writes_later()
    {
        using var folder = new TemporaryFolder();
        var data = folder.File("deep", "data");
        await using (var garnet = EmbeddedRedis.Start(data, SpillingTests.Small))
        {
            var options = new RedisOptions { DataFolder = data, Patience = TimeSpan.FromSeconds(30) };
            await using var connection = await TestStore.ConnectAsync(options);
            VoterHash.Open(data);
            await SpillingTests.FillAsync(connection);
            await Eventually.HoldsAsync("a checkpoint was taken", () => SpillingTests.Checkpoints(data).Any());
            Modes.AllPrivate(data);
        }
        Modes.AllPrivate(data);
    }

    [Fact]
    public async Task What_an_earlier_run_left_open_is_closed_at_the_start()
    {
        using var folder = new TemporaryFolder();
        await using (EmbeddedRedis.Start(folder.Path)) VoterHash.Open(folder.Path);
        Modes.Open(folder.Path);
        await using var again = EmbeddedRedis.Start(folder.Path);
        Modes.AllPrivate(folder.Path);
    }

    [Fact]
    public void Without_an_embedded_store_the_voters_key_is_private_all_the_same()
    {
        using var folder = new TemporaryFolder();
        var data = folder.File("data");
        VoterHash.Open(data);
        Modes.AllPrivate(data);
        Modes.Open(data);
        VoterHash.Open(data);
        Modes.AllPrivate(data);
    }

    [Fact]
    public async Task A_folder_that_holds_other_things_too_stays_as_it_is_and_so_do_they()
    {
        using var folder = new TemporaryFolder();
        var script = folder.Write("run.sh", []);
        File.SetUnixFileMode(script, Modes.Everybody);
        File.SetUnixFileMode(folder.Path, Modes.Everybody);
        File.CreateSymbolicLink(folder.File("garnet.link"), script);
        await using var store = EmbeddedRedis.Start(folder.Path);
        Assert.Equal((Modes.Everybody, Modes.Everybody), (File.GetUnixFileMode(folder.Path), File.GetUnixFileMode(script)));
        Modes.AllPrivate(folder.File("garnet"));
        Assert.Equal(Modes.OwnersFile, File.GetUnixFileMode(folder.File("redis.json")));
    }
}
