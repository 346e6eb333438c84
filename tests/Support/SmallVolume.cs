// A volume of a few megabytes that a test can fill completely; tests that need it skip if nothing may be mounted.
using System.Diagnostics;
using Xunit;

namespace Majlis.tests.Support;

public sealed class SmallVolume : IDisposable
{
    readonly TemporaryFolder folder = new();

    SmallVolume()
    {
    }

    public string Path => folder.Path;

    /// <summary>Free bytes.</summary>
    public long Left => new DriveInfo(Path).AvailableFreeSpace;

    string Filler => folder.File("filler");

    public static SmallVolume Mount(int megabytes)
    {
        var volume = new SmallVolume();
        string[] mount = ["-t", "tmpfs", "-o", $"size={megabytes}m,mode=700", "tmpfs", volume.Path];
        var problem = OperatingSystem.IsLinux() ? Run("mount", mount) : "needs Linux";
        if (problem is null) return volume;
        volume.folder.Dispose();
        Assert.Skip($"no volume can be mounted here: {problem}");
        return volume;
    }

    /// <summary>Fills all but the last <paramref name="left"/> bytes.</summary>
    public void Fill(long left = 0)
    {
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[64 << 10];
        try
        {
            while (Left > left) file.Write(block, 0, (int)Math.Min(block.Length, Left - left));
        }
        catch (IOException)
        {
            // The volume is full.
        }
    }

    /// <summary>From now on nothing can be written, not even by root.</summary>
    public void MakeReadOnly() => Assert.Null(Run("mount", "-o", "remount,ro", Path));

    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        if (Run("umount", "-l", Path) is { } problem) throw new IOException($"{Path} stays mounted: {problem}");
        folder.Dispose();
    }

    /// <summary>Null on success, else the command's error output.</summary>
    static string? Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : said.Trim();
        }
        catch (System.ComponentModel.Win32Exception absent)
        {
            return absent.Message;
        }
    }
}
