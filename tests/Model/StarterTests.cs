// Where the starter is looked for, and what is said of one whose files are not what its list of hashes says.
using Majlis.Model;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Model;

public sealed class StarterTests : IDisposable
{
    readonly TemporaryFolder here = new();
    readonly TemporaryFolder beside = new();

    Starter Starter => new(here.Path, beside.Path);

    public void Dispose()
    {
        here.Dispose();
        beside.Dispose();
    }

    [Fact]
    public void The_working_directory_goes_before_the_programs_folder()
    {
        Assert.Null(Starter.Folder);
        var second = TinyStarter.Lay(beside.Path);
        Assert.Equal(second, Starter.Folder);
        var first = TinyStarter.Lay(here.Path);
        Assert.Equal(first, Starter.Folder);
        Assert.All(new[] { first, second, first + Path.DirectorySeparatorChar, Path.GetRelativePath(Environment.CurrentDirectory, first) },
            path => Assert.True(Starter.Is(path)));
        Assert.False(Starter.Is(here.Path));
        Assert.False(Starter.Is(Path.Combine(first, "model.safetensors")));
        Starter.Check(first);
    }

    [Theory]
    [InlineData("config.json", "is not what SHA256SUMS lists: its sha256 is [0-9a-f]{12}…, expected [0-9a-f]{12}…[.]")]
    [InlineData("model.safetensors", "is not what SHA256SUMS lists")]
    [InlineData("stranger.json", "is not listed in SHA256SUMS")]
    public void A_changed_file_is_named_with_both_hashes_and_the_ways_out(string name, string expected)
    {
        var folder = TinyStarter.Lay(here.Path);
        File.AppendAllText(Path.Combine(folder, name), " ");
        AssertDamage(folder, Path.Combine(folder, name), expected);
    }

    [Theory]
    [InlineData("model.safetensors", "is missing")]
    [InlineData("SHA256SUMS", "cannot be read")]
    public void A_missing_file_is_named_with_the_ways_out(string name, string expected)
    {
        var folder = TinyStarter.Lay(here.Path);
        File.Delete(Path.Combine(folder, name));
        AssertDamage(folder, Path.Combine(folder, name), expected);
    }

    [Theory]
    [InlineData("", "it lists no file")]
    [InlineData("0123  config.json", "line 1: 64 hexadecimal digits")]
    [InlineData("HASH config.json", "line 1: 64 hexadecimal digits")]
    [InlineData("HASH  config.json\nHASH  ./config.json", "line 2: 'config.json' is listed twice")]
    [InlineData("HASH  ../config.json", "lists '../config.json', outside the folder")]
    public void A_damaged_list_of_hashes_is_named_with_the_line(string list, string expected)
    {
        var folder = TinyStarter.Lay(here.Path);
        File.WriteAllText(Path.Combine(folder, Starter.Sums), list.Replace("HASH", new string('a', 64), StringComparison.Ordinal));
        AssertDamage(folder, folder, expected);
    }

    [Fact]
    public void The_list_is_read_as_sha256sum_writes_it_of_text_bytes_or_a_shells_pattern()
    {
        var folder = TinyStarter.Lay(here.Path);
        var list = Path.Combine(folder, Starter.Sums);
        foreach (var separator in new[] { "  ", " *", "  ./" })
        {
            File.WriteAllLines(list, File.ReadAllLines(list).Select(line => line[..64] + separator + Path.GetFileName(line[66..])));
            Starter.Check(folder);
        }
    }

    [Fact]
    public void Another_model_has_no_list() => Starter.Check(here.Path);

    void AssertDamage(string folder, string names, string expected)
    {
        var damage = Assert.Throws<ModelFormatException>(() => Starter.Check(folder)).Message;
        Assert.Contains(names, damage, StringComparison.Ordinal);
        Assert.Matches(expected, damage);
        Assert.Contains("git checkout -- models/starter", damage, StringComparison.Ordinal);
        Assert.Contains("--model PATH or ORG/NAME", damage, StringComparison.Ordinal);
    }
}
