// The step after the model: trims blanks off offsets and adds the tokens that frame a sequence.
using System.Collections.Immutable;

namespace Majlis.Text.Tokenizers;

/// <summary>A part of the frame: given ids, or a sequence itself if <paramref name="Ids"/> is null.</summary>
/// <param name="IsSecond">It is the second sequence of a pair.</param>
sealed record FramePart(ImmutableArray<int>? Ids, int TypeId, bool IsSecond = false);

sealed record PostProcessor
{
    public static PostProcessor None { get; } = new();

    /// <summary>Null: offsets stay. Otherwise blanks are trimmed, and the value says whether a prefix space was added.</summary>
    public bool? TrimsAfterPrefix { get; init; }

    /// <summary>The frame of one sequence; only the sequence if nothing is added.</summary>
    public ImmutableArray<FramePart> Frame { get; init; } = [new FramePart(null, 0)];

    /// <summary>The frame of two sequences, such as a question and a passage.</summary>
    public ImmutableArray<FramePart> PairFrame { get; init; } = [new FramePart(null, 0), new FramePart(null, 0, IsSecond: true)];

    public static PostProcessor Read(JsonField field)
    {
        var result = None;
        var framed = false;
        foreach (var step in Flatten(field))
        {
            var kind = step.Field("type").Text();
            if (kind is "ByteLevel" or "RobertaProcessing" && step.FlagOr("trim_offsets", true))
                result = result with { TrimsAfterPrefix = step.FlagOr("add_prefix_space", true) };
            if (kind == "ByteLevel") continue;
            if (framed) throw field.Wrong("frames the sequence twice, which has no meaning");
            framed = true;
            result = result with { Frame = ReadFrame(kind, step), PairFrame = ReadPairFrame(kind, step) };
        }
        return result;
    }

    static IEnumerable<JsonField> Flatten(JsonField field) =>
        field.Field("type").Text() == "Sequence" ? field.Field("processors").Items().SelectMany(Flatten) : [field];

    static ImmutableArray<FramePart> ReadFrame(string kind, JsonField step) => kind switch
    {
        "TemplateProcessing" => [.. step.Field("single").Items().Select(part => TemplatePart(part, step, isPair: false))],
        "BertProcessing" or "RobertaProcessing" =>
            [new FramePart([NamedId(step.Field("cls"))], 0), new FramePart(null, 0), new FramePart([NamedId(step.Field("sep"))], 0)],
        _ => throw step.Unknown("a post-processor", kind),
    };

    // Both of BERT's segments; RoBERTa has one, and two marks between the sequences.
    static ImmutableArray<FramePart> ReadPairFrame(string kind, JsonField step)
    {
        if (kind == "TemplateProcessing")
            return step.Find("pair") is { } pair ? [.. pair.Items().Select(part => TemplatePart(part, step, isPair: true))]
                : None.PairFrame;
        ImmutableArray<int> cls = [NamedId(step.Field("cls"))], sep = [NamedId(step.Field("sep"))];
        return kind == "BertProcessing"
            ? [new(cls, 0), new(null, 0), new(sep, 0), new(null, 1, IsSecond: true), new(sep, 1)]
            : [new(cls, 0), new(null, 0), new(sep, 0), new(sep, 0), new(null, 0, IsSecond: true), new(sep, 0)];
    }

    static FramePart TemplatePart(JsonField part, JsonField step, bool isPair)
    {
        if (part.Find("Sequence") is { } sequence)
        {
            var isSecond = sequence.Field("id").Text() != "A";
            return isPair || !isSecond ? new FramePart(null, sequence.Field("type_id").Count(int.MaxValue), isSecond)
                : throw sequence.Wrong("uses a second sequence where there is one");
        }
        var special = part.Field("SpecialToken");
        var ids = step.Field("special_tokens").Field(special.Field("id").Text()).Field("ids").Items()
            .Select(id => id.Count(Vocabulary.MaxId));
        return new FramePart([.. ids], special.Field("type_id").Count(int.MaxValue));
    }

    /// <summary>["[CLS]", 101]</summary>
    static int NamedId(JsonField pair) =>
        pair.Items().ToList() is [_, var id] ? id.Count(Vocabulary.MaxId) : throw pair.Wrong("is not [token, id]");
}
