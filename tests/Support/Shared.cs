// Paths of data, models and reference numbers. A test whose file is absent skips with the reason.
using Xunit;

namespace Majlis.tests.Support;

public static class Shared
{
    /// <summary>The repository's root: the folder that holds Serving.sln.</summary>
    public static string Root { get; } = FindRoot();

    static string Folder { get; } = Environment.GetEnvironmentVariable("MAJLIS_SHARED") ?? Path.Combine(Root, "..", "shared");

    static string Goldens { get; } = Environment.GetEnvironmentVariable("MAJLIS_GOLDENS") is { Length: > 0 } named ? named
        : Directory.Exists(Path.Combine(Folder, "goldens")) ? Path.Combine(Folder, "goldens")
        : Path.Combine(Root, "tests", "goldens");

    public static string Golden(params string[] parts) => Path.GetFullPath(Path.Combine([Goldens, .. parts]));

    public static string Data(params string[] parts) => Path.GetFullPath(Path.Combine([Folder, .. parts]));

    /// <summary>The small model of our own.</summary>
    public static string Starter => Path.Combine(Root, "models", "starter");

    /// <summary>For tests that need any real model: the starter where it is there.</summary>
    public static string AnyModel => Directory.Exists(Starter) ? Starter : SmolLM2;

    public static string SmolLM2 => Data("models", "SmolLM2-135M-Instruct.Q4_1.gguf");

    /// <summary>Returns the path, or skips the test if neither a file nor a folder is there.</summary>
    public static string Require(string path)
    {
        Assert.SkipUnless(Path.Exists(path), $"not here: {Path.GetRelativePath(Root, path)}");
        return path;
    }

    static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Serving.sln")))
            folder = Path.GetDirectoryName(folder)
                ?? throw new DirectoryNotFoundException("No folder above the tests holds Serving.sln.");
        return folder;
    }
}
