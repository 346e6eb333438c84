// Packed sides unpack unchanged, and damage is never taken for data.
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class PackingTests
{
    [Fact]
    public void Every_side_comes_back_bit_for_bit()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var side = Random(new Generator(seed));
            Assert.Equivalent(side, PackedSide.Unpack(PackedSide.Pack(side), "side"), strict: true);
        }
        var odd = Some.Side(1, "x") with
        {
            LogProbabilities = [float.NegativeInfinity, -0f, float.Epsilon],
            CompletionTokens = [],
            PromptTokens = [int.MaxValue, -1],
        };
        Assert.Equivalent(odd, PackedSide.Unpack(PackedSide.Pack(odd), "side"), strict: true);
    }

    [Fact]
    public void Any_changed_byte_and_any_cut_is_seen()
    {
        var packed = PackedSide.Pack(Some.Side(3, "ثمانية أرجل"));
        for (var i = 0; i < packed.Length; i++)
        {
            var damaged = (byte[])packed.Clone();
            damaged[i] ^= 0x41;
            var error = Assert.Throws<CorruptRecordException>(() => PackedSide.Unpack(damaged, "a of battle 'b1'"));
            Assert.Contains("a of battle 'b1'", error.Message, StringComparison.Ordinal);
            Assert.Throws<CorruptRecordException>(() => PackedSide.Unpack(packed[..i], "side"));
        }
    }

    [Fact]
    public void A_later_schema_is_refused_by_name()
    {
        var packed = PackedSide.Pack(Some.Side(3, "x"));
        packed[0] = 9;
        var error = Assert.Throws<CorruptRecordException>(() => PackedSide.Unpack(packed, "side"));
        Assert.Contains("schema 9", error.Message, StringComparison.Ordinal);
    }

    static BattleSide Random(Generator random) => new(
        random.NextText(random.Next(70)), random.Next(2) == 0 ? null : random.NextText(3), "{}",
        [.. Enumerable.Range(0, random.Next(300)).Select(_ => random.Next(260_000))],
        [.. Enumerable.Range(0, random.Next(300)).Select(_ => random.Next(260_000))],
        [.. Enumerable.Range(0, random.Next(300)).Select(_ => -random.NextFloat())],
        random.NextText(random.Next(400)), "length", random.Next(100_000) / 7.0);
}
