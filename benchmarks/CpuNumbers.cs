// What `cpu` measures of one engine with one model, as a child prints it. Knows no engine.
using System.Text.Json;

namespace Majlis.benchmarks;

/// <summary>What an engine does not tell is NaN.</summary>
/// <param name="Prefill">Tokens a second of a prompt of <see cref="Prompt"/>.</param>
/// <param name="Decode">Tokens a second of one client behind a prompt of <see cref="ShortPrompt"/>.</param>
/// <param name="After">The same behind a prompt of <see cref="Prompt"/>.</param>
/// <param name="Together">Tokens a second of <see cref="Clients"/> clients, while all of them write.</param>
/// <param name="Long">Seconds for a prompt of <see cref="LongPrompt"/>.</param>
/// <param name="LongProcessor">Its seconds of processor.</param>
/// <param name="First">Seconds from the start of the process to the first token.</param>
/// <param name="Private">Bytes of private memory that model and engine added, before the long prompt.</param>
/// <param name="Weights">Bytes of the weights' matrices.</param>
/// <param name="Bandwidth">Bytes a second that all cores read from as much memory as the weights take.</param>
sealed record CpuNumbers(double Prefill, double Decode, double After, double Together, double Long, double LongProcessor = double.NaN,
    double First = double.NaN, double Private = double.NaN, double Weights = double.NaN, double Bandwidth = double.NaN)
{
    public const int Prompt = 512;
    public const int LongPrompt = 6000;
    public const int Generate = 128;
    public const int Clients = 16;

    /// <summary>A prompt that hardly counts; each of the clients has one.</summary>
    public const int ShortPrompt = 8;

    static readonly JsonSerializerOptions json =
        new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static CpuNumbers Parse(string line) => JsonSerializer.Deserialize<CpuNumbers>(line, json)!;

    /// <summary>The median of each number by itself.</summary>
    public static CpuNumbers Median(IReadOnlyList<CpuNumbers> all)
    {
        return new(Of(one => one.Prefill), Of(one => one.Decode), Of(one => one.After), Of(one => one.Together), Of(one => one.Long),
            Of(one => one.LongProcessor), Of(one => one.First), Of(one => one.Private), Of(one => one.Weights), Of(one => one.Bandwidth));

        double Of(Func<CpuNumbers, double> value) => all.Select(value).Order().ElementAt(all.Count / 2);
    }

    public string Text() => JsonSerializer.Serialize(this, json);

    /// <summary>As people read them.</summary>
    public IEnumerable<(string Name, double Value)> Fields() =>
    [
        ($"pp{Prompt}", Prefill), ($"tg{Generate}", Decode), ($"tg{Generate}_after{Prompt}", After),
        ($"tg{Generate}x{Clients}", Together), ($"read{LongPrompt}_s", Long),
        ($"read{LongPrompt}_processor_s", LongProcessor), ("first_token_s", First), ("private_MB", Private / 1e6),
        ("weights_MB", Weights / 1e6), ("read_GB_s", Bandwidth / 1e9),
    ];
}
