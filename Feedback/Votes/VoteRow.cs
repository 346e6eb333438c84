// A vote with its battle as one line of JSON, complete enough to be stored again, and back. Knows no store.
using System.Text.Json;
using System.Text.Json.Serialization;
using Majlis.Text;

namespace Majlis.Feedback.Votes;

/// <param name="Schema">1. A reader refuses any other number.</param>
public sealed record VoteRow(int Schema, long Number, Battle Battle, Vote Vote, DateTimeOffset At, GateMarks Marks)
{
    const int CurrentSchema = 1;

    public static string Write(StoredVote stored) => JsonSerializer.Serialize(
        new VoteRow(CurrentSchema, stored.Number, stored.Battle, stored.Vote, stored.At, stored.Marks), VoteRowJson.Default.VoteRow);

    /// <exception cref="FormatException">The line is no such row; the message says why.</exception>
    public static StoredVote Read(string line)
    {
        try
        {
            var row = JsonSerializer.Deserialize(line, VoteRowJson.Default.VoteRow) ?? throw new FormatException("it is the JSON null");
            if (row.Schema != CurrentSchema) throw new FormatException($"its schema is {row.Schema}, not {CurrentSchema}");
            if (VoteRowCheck.Problem(row) is { } wrong) throw new FormatException(wrong);
            return new(row.Number, row.Battle, row.Vote, row.At) { Marks = row.Marks };
        }
        catch (JsonException broken)
        {
            var damage = JsonDamage.Of(broken).Replace("line 1, ", "", StringComparison.Ordinal);
            throw new FormatException($"it is no vote with its battle: {damage}");
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(VerdictByName)],
    RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(VoteRow))]
sealed partial class VoteRowJson : JsonSerializerContext;

/// <summary>A number is no verdict: it could mean anything.</summary>
sealed class VerdictByName() : JsonStringEnumConverter<Verdict>(namingPolicy: null, allowIntegerValues: false);
