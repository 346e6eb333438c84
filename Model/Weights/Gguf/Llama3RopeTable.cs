// llama.cpp keeps Llama 3's frequency scaling as a table of divisors instead of the four numbers behind it.
// This recovers the four numbers and proves them: computed forward, they must give the table.
using System.Text.Json.Nodes;
using Majlis.Text;

namespace Majlis.Model.Weights.Gguf;

static class Llama3RopeTable
{
    const double Tolerance = 1e-5;
    const double Low = 1;
    const double High = 4;

    /// <summary>Writes `rope_type: llama3` with its fields. Only the products original/low and original/high matter, so low is 1.</summary>
    /// <exception cref="ModelFormatException">No original length reproduces the table.</exception>
    public static void Write(JsonObject parameters, float[] table, string path, int context)
    {
        var theta = (double)parameters["rope_theta"]!;
        var factor = table.Length == 0 ? 0 : table[^1];
        foreach (var original in (int[])[8192, context, .. Enumerable.Range(4, 18).Select(power => 1 << power)])
        {
            if (!Matches(table, theta, factor, original)) continue;
            parameters["rope_type"] = "llama3";
            parameters["factor"] = GgufConfig.Decimal(factor);
            parameters["low_freq_factor"] = Low;
            parameters["high_freq_factor"] = High;
            parameters["original_max_position_embeddings"] = original;
            return;
        }
        throw new ModelFormatException($"{path}: tensor 'rope_freqs.weight' is not Llama 3's scaling of any original length; other " +
            $"tables are not known.");
    }

    static bool Matches(float[] table, double theta, double factor, int original) =>
        Enumerable.Range(0, table.Length).All(i => Math.Abs(Divisor(i, table.Length, theta, factor, original) / table[i] - 1) < Tolerance);

    static double Divisor(int index, int count, double theta, double factor, int original)
    {
        var wavelength = 2 * Math.PI * Math.Pow(theta, (double)index / count);
        if (wavelength < original / High) return 1;
        if (wavelength > original / Low) return factor;
        var smooth = (original / wavelength - Low) / (High - Low);
        return 1 / ((1 - smooth) / factor + smooth);
    }
}
