// Folders that appear at once: what is somebody else's is never removed, and two that write the same do not meet.
using Majlis.Model;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Model;

public sealed class DurableFilesTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_of_somebody_else_under_the_unfinished_name_is_not_touched()
    {
        var other = Directory.CreateDirectory(folder.File("out.part")).FullName;
        File.WriteAllText(Path.Combine(other, "mine"), "keep");
        Assert.Contains("out.part is in the way", Assert.Throws<IOException>(Make).Message, StringComparison.Ordinal);
        Assert.Equal("keep", File.ReadAllText(Path.Combine(other, "mine")));
        Assert.Equal(["out.part"], Names());
    }

    [Fact]
    public void What_a_killed_try_left_is_removed()
    {
        var left = Directory.CreateDirectory(folder.File("out.part")).FullName;
        File.WriteAllText(Path.Combine(left, "half"), "");
        File.WriteAllText(folder.File("out.part.lock"), "");
        Make();
        Assert.Equal(["out"], Names());
        Assert.Equal(["made"], Directory.GetFiles(folder.File("out")).Select(Path.GetFileName));
    }

    [Fact]
    public void Who_comes_second_is_told_and_the_first_ends() => DurableFiles.Create(folder.File("out"), aside =>
    {
        Assert.Contains("another process is writing it", Assert.Throws<IOException>(Make).Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(aside));
    });

    [Fact]
    public void A_failure_leaves_nothing()
    {
        Assert.Throws<InvalidOperationException>(() => DurableFiles.Create(folder.File("out"), aside =>
        {
            File.WriteAllText(Path.Combine(aside, "half"), "");
            throw new InvalidOperationException();
        }));
        Assert.Empty(Names());
    }

    [Fact]
    public void What_a_killed_removal_left_goes_with_the_next()
    {
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(folder.File("removed.part")).FullName, "half"), "");
        Make();
        DurableFiles.Remove(folder.File("out"));
        Assert.Empty(Names());
    }

    [Fact]
    public void An_empty_folder_is_filled_also_behind_a_link_and_with_a_separator_at_its_end()
    {
        var target = Directory.CreateDirectory(folder.File("target")).FullName;
        File.CreateSymbolicLink(folder.File("out"), target);
        DurableFiles.Create(folder.File("out") + Path.DirectorySeparatorChar, aside => File.WriteAllText(Path.Combine(aside, "made"), ""));
        Assert.True(File.Exists(Path.Combine(target, "made")));
        Assert.NotNull(new DirectoryInfo(folder.File("out")).LinkTarget);
    }

    void Make() => DurableFiles.Create(folder.File("out"), aside => File.WriteAllText(Path.Combine(aside, "made"), ""));

    IEnumerable<string> Names() => Directory.GetFileSystemEntries(folder.Path).Select(path => Path.GetFileName(path)!);
}
