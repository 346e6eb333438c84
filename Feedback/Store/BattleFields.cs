// Reads a battle's hash from the store; an error names the field that is wrong. Knows no connection.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Majlis.Feedback.Votes;
using Majlis.Text;
using StackExchange.Redis;

namespace Majlis.Feedback.Store;

sealed class BattleFields(string id, HashEntry[] entries)
{
    readonly Dictionary<string, RedisValue> fields = entries.ToDictionary(entry => (string)entry.Name!, entry => entry.Value);

    public bool Has(string field) => fields.ContainsKey(field);

    /// <summary>Null where the hash is absent or erased.</summary>
    public Battle? Battle()
    {
        if (fields.Count == 0 || Has("erased")) return null;
        return Json("head", FeedbackJson.Default.BattleHead).With(Side("a"), Side("b"));
    }

    /// <summary>The vote with that number, or null where it was erased.</summary>
    /// <param name="slot">Empty, or ":voter" where several may vote.</param>
    public StoredVote? Vote(long number, string slot)
    {
        if (Has("erased" + slot) || Battle() is not { } battle) return null;
        var record = Json("vote" + slot, FeedbackJson.Default.VoteRecord);
        if (record.Schema is < 1 or > VoteRecord.CurrentSchema)
            throw new CorruptRecordException(Name("vote" + slot),
                $"it has schema {record.Schema}, and this program reads schemas 1 to {VoteRecord.CurrentSchema}");
        var marks = new GateMarks((int)Number("rate" + slot), Number("duplicate" + slot) != 0);
        return new StoredVote(number, battle, record.Vote(), record.At) { Marks = marks };
    }

    BattleSide Side(string field) => PackedSide.Unpack((byte[])Field(field)!, Name(field));

    T Json<T>(string field, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize((byte[])Field(field)!, type)
                ?? throw new CorruptRecordException(Name(field), "it is the JSON null");
        }
        catch (JsonException error)
        {
            throw new CorruptRecordException(Name(field), $"its JSON does not fit: {JsonDamage.Of(error)}");
        }
    }

    long Number(string field) => long.TryParse((string?)Field(field), CultureInfo.InvariantCulture, out var number) ? number
        : throw new CorruptRecordException(Name(field), "a number was expected");

    RedisValue Field(string field) => fields.TryGetValue(field, out var value) ? value
        : throw new CorruptRecordException(Name(field), "it is absent");

    string Name(string field) => $"{field} of battle '{id}'";
}
