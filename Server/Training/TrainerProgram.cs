// Where the trainer's program lies: in its own folder beside the server's, as builds have it, or in the server's, as publishing leaves it.
// Knows no option.
using System.Runtime.InteropServices;

namespace Majlis.Server.Training;

static class TrainerProgram
{
    /// <summary>The program for a server in a folder; null where it is missing.</summary>
    public static string? Find(string serverFolder) => Places(serverFolder).FirstOrDefault(File.Exists);

    /// <summary>Says that it is missing, where it was looked for and how it comes there.</summary>
    public static string Absence(string serverFolder) => $"the trainer is in neither of {string.Join(" and ", Places(serverFolder))}: "
        + "'dotnet build Server' and 'dotnet publish Server' bring it.";

    /// <summary>Where the runtime of this process lies, for the trainer to run on the same; null where the program holds its own.</summary>
    public static string? RuntimeRoot() =>
        Directory.GetParent(RuntimeEnvironment.GetRuntimeDirectory().TrimEnd(Path.DirectorySeparatorChar)) is { } framework
            && framework.Parent is { Name: "shared" } shared ? shared.Parent?.FullName : null;

    // artifacts/bin/Server/release/ beside artifacts/bin/Trainer/release/. That one goes first: the folder of the tests holds the trainer
    // without the libraries that a web project has from ASP.NET Core.
    static IEnumerable<string> Places(string serverFolder)
    {
        var name = OperatingSystem.IsWindows() ? "Majlis.Trainer.exe" : "Majlis.Trainer";
        var own = new DirectoryInfo(serverFolder);
        if (own.Parent?.Parent is { } builds) yield return Path.Combine(builds.FullName, "Trainer", own.Name, name);
        yield return Path.Combine(own.FullName, name);
    }
}
