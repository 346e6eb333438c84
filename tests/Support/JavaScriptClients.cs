// The JavaScript clients under tests/Clients, one process a chat. Skips if node or its packages are absent.
using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Support;

public static class JavaScriptClients
{
    static readonly string folder = Path.Combine(Shared.Root, "tests", "Clients");

    /// <summary>Streams one chat; returns what the client's user would see: a text, or an error.</summary>
    public static async Task<(string? Text, string? Error)> StreamAsync(Uri server, string client)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder, "node_modules")),
            "The packages of tests/Clients are absent; ./test.sh --install brings them.");
        var start = new ProcessStartInfo("node", [Path.Combine(folder, "stream.mjs"), new Uri(server, "v1").ToString(), client])
        {
            RedirectStandardOutput = true,
        };
        using var process = Start(start);
        var said = JsonNode.Parse(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken))!;
        return ((string?)said["text"], (string?)said["error"]);
    }

    static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception absent)
        {
            Assert.Skip($"node is absent: {absent.Message}");
            throw;
        }
    }
}
