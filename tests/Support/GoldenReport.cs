// Appends one line for each golden case, with its worst error, to the file that test.sh prints when the run ends.
using System.Globalization;

namespace Majlis.tests.Support;

public static class GoldenReport
{
    static readonly Lock gate = new();

    static readonly string? file = Environment.GetEnvironmentVariable("MAJLIS_GOLDEN_REPORT");

    /// <summary>Records the worst error of a case against its tolerance (for exact cases: mismatches against 0).</summary>
    public static void Line(string area, string name, double worst, double tolerance)
    {
        if (file is null) return;
        var verdict = worst <= tolerance ? "ok" : "FAILED";
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{area,-13} {name,-52} worst {worst,-10:0.###e+0} tolerance {tolerance,-10:0.###e+0} {verdict}\n");
        lock (gate) File.AppendAllText(file, line);
    }
}
