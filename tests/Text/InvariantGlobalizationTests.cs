// The same ids, hashes and search results in a process without ICU, as small container images run .NET.
using System.Diagnostics;
using Xunit;

namespace Majlis.tests.Text;

public sealed class InvariantGlobalizationTests
{
    static readonly string[] classes =
    [
        "Text.TokenizerCornerTests", "Text.UnicodeFormsTests", "Text.FoldedTextTests", "Text.JinjaPythonTests", "Text.ChatPromptTests",
        "Feedback.PromptTests", "Feedback.PairTests", "Rag.FoundWordsTests", "Rag.DocumentsTests", "Rag.GroundedPromptTests",
    ];

    [Fact]
    public async Task Texts_are_read_alike_without_ICU()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT") == "1", "this is that process");
        List<string> arguments = ["-noColor", "-noLogo", "-method", "Majlis.tests.Text.TokenizerGolden.Text_becomes_*"];
        foreach (var name in classes) arguments.AddRange(["-method", $"Majlis.tests.{name}.*"]);
        var program = Path.Combine(AppContext.BaseDirectory, "Majlis.tests");
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        start.Environment.Remove("MAJLIS_GOLDEN_REPORT"); // the goldens' own tests report them
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, said);
        Assert.Matches(@"Total: [1-9]\d\d, Errors: 0, Failed: 0", said);
    }
}
