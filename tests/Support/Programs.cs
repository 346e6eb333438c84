// Programs of the system that some tests run.
using Xunit;

namespace Majlis.tests.Support;

static class Programs
{
    /// <summary>The program's path, or a skip that says how it comes.</summary>
    public static string Require(string name)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{name} is not installed (./test.sh --install brings it)");
        return path!;
    }
}
