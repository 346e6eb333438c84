// No part of a stop string is released, in whatever pieces the text comes, and only text that may become a stop string is held back.
using System.Text;
using System.Text.Json;
using Majlis.Inference;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class StopStringTests
{
    public static TheoryData<string> Cases
    {
        get
        {
            var path = Shared.Golden("decoding", "stop_strings.json");
            return File.Exists(path) ? new(Read(path).Select(entry => entry.GetProperty("name").GetString()!).Distinct()) : new("absent");
        }
    }

    [Theory, MemberData(nameof(Cases)), Trait("Golden", "Decoding")]
    public void Text_comes_out_as_the_definition_says(string name)
    {
        var mismatches = 0;
        foreach (var entry in Read(Shared.Require(Shared.Golden("decoding", "stop_strings.json"))))
            if (entry.GetProperty("name").GetString() == name && !Matches(entry)) mismatches++;
        GoldenReport.Line("Decoding", $"stop_strings {name}", mismatches, 0);
        Assert.Equal(0, mismatches);
    }

    [Fact]
    public void The_cut_into_pieces_makes_no_difference()
    {
        var random = new Random(11);
        string Letters(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => "ab"[random.Next(2)]));
        for (var round = 0; round < 2000; round++)
        {
            var text = Letters(30);
            string[] stops = [Letters(random.Next(1, 7)), Letters(random.Next(1, 7)), Letters(random.Next(1, 7))];
            var (whole, cut) = (new TextStream([.. stops]), new TextStream([.. stops]));
            var expected = whole.Push(text) + whole.Flush();
            var actual = new StringBuilder();
            for (var at = 0; at < text.Length;)
            {
                var length = Math.Min(random.Next(1, 6), text.Length - at);
                actual.Append(cut.Push(text.Substring(at, length)));
                at += length;
            }
            Assert.Equal(expected, actual.Append(cut.Flush()).ToString());
            Assert.Equal(whole.Stop, cut.Stop);
            Assert.DoesNotContain(stops, stop => expected.Contains(stop, StringComparison.Ordinal));
        }
    }

    static bool Matches(JsonElement entry)
    {
        var pieces = Decoded(entry);
        List<string> expected = [.. entry.GetProperty("emitted_per_piece").EnumerateArray().Select(text => text.GetString()!)];
        var stream = new TextStream([.. Stops(entry, pieces, expected)], entry.GetProperty("include_stop_in_output").GetBoolean());
        List<string> emitted = [];
        foreach (var piece in pieces.SkipLast(1).TakeWhile(_ => stream.Stop is null)) emitted.Add(stream.Push(piece));
        var rest = stream.Stop is null ? stream.Push(pieces[^1]) + stream.Flush() : "";
        var expectedRest = entry.TryGetProperty("emitted_at_end", out var end) ? end.GetString() : "";
        return emitted.SequenceEqual(expected) && rest == expectedRest
            && string.Concat(emitted) + rest == entry.GetProperty("text").GetString()
            && (entry.GetProperty("stop").ValueKind == JsonValueKind.Array || stream.Stop == entry.GetProperty("stop").GetString());
    }

    /// <summary>
    /// The files keep under "stop" the string that was found, not the given list. The rest of the list is inferred: text held back after a
    /// piece began some stop string, so each such tail, plus a character that never occurs, stands for one.
    /// </summary>
    static IEnumerable<string> Stops(JsonElement entry, string[] pieces, List<string> emitted)
    {
        var stop = entry.GetProperty("stop");
        if (stop.ValueKind == JsonValueKind.Array) return stop.EnumerateArray().Select(text => text.GetString()!);
        var found = stop.ValueKind == JsonValueKind.String ? stop.GetString() : null;
        List<string> stops = found is null ? [] : [found];
        var held = "";
        for (var i = 0; i < emitted.Count - (found is null ? 0 : 1); i++)
        {
            held = (held + pieces[i])[emitted[i].Length..];
            if (held.Length > 0) stops.Add(held + '\uE000');
        }
        return stops;
    }

    /// <summary>The text of each piece; the last entry is the text that the end of the bytes adds.</summary>
    static string[] Decoded(JsonElement entry)
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var pieces = entry.GetProperty("pieces_hex").EnumerateArray().Select(piece => Convert.FromHexString(piece.GetString()!));
        return [.. pieces.Select(piece => Decode(decoder, piece, flush: false)), Decode(decoder, [], flush: true)];
    }

    static string Decode(Decoder decoder, byte[] bytes, bool flush)
    {
        var characters = new char[decoder.GetCharCount(bytes, flush)];
        decoder.GetChars(bytes, characters, flush);
        return new(characters);
    }

    static List<JsonElement> Read(string path) => [.. JsonDocument.Parse(File.ReadAllText(path)).RootElement.EnumerateArray()];
}
