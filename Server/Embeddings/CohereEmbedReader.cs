// Reads the body of Cohere's POST /v2/embed. Knows no model.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Inference.Sentences;
using Majlis.Server.Completions;
using Majlis.Server.Wire;

namespace Majlis.Server.Embeddings;

/// <param name="Types">The forms in which vectors are given, at least one.</param>
sealed record CohereEmbedRequest(EmbeddingRequest Request, ImmutableArray<string> Texts, ImmutableArray<string> Types);

static class CohereEmbedReader
{
    const int MostTexts = 2048;

    static readonly string[] kinds = ["search_query", "search_document", "classification", "clustering"];
    static readonly string[] cuts = ["END", "START", "NONE"];

    /// <summary>The request, or null with the reason in <paramref name="problem"/>.</summary>
    public static CohereEmbedRequest? Read(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        foreach (var pictures in (string[])["images", "inputs"])
            if (fields.Has(pictures)) problem.Add(ApiError.UnsupportedField(pictures, "Vectors are made of 'texts' here."));
        var model = fields.RequiredText("model");
        var texts = Texts(fields, problem);
        var kind = fields.Word("input_type", kinds, required: true);
        var cut = fields.Word("truncate", cuts);
        var request = new EmbeddingRequest
        {
            Model = model,
            Field = "texts",
            Inputs = [.. texts.Select(text => new GivenPrompt(text, []))],
            Kind = kind switch
            {
                "search_query" => TextKind.Query,
                "search_document" => TextKind.Document,
                "clustering" => TextKind.Clustering,
                _ => TextKind.Classification,
            },
            Truncation = cut switch { "NONE" => Truncation.None, "START" => Truncation.Start, _ => Truncation.End },
            Dimensions = fields.Int("output_dimension", 1, 1 << 20),
            MostTokens = fields.Int("max_tokens", 1, int.MaxValue),
            Priority = fields.Int("priority", 0, int.MaxValue) ?? 0,
        };
        var types = Types(fields, problem);
        fields.Done();
        return problem.First is null ? new(request, texts, types) : null;
    }

    static ImmutableArray<string> Texts(Fields fields, Problem problem)
    {
        if (!fields.Has("texts")) problem.Add(ApiError.MissingField("texts"));
        var texts = ImmutableArray.CreateBuilder<string>();
        foreach (var (item, name) in fields.Items("texts"))
        {
            if (texts.Count == MostTexts) problem.Add(ApiError.TooMany("texts", MostTexts + 1, MostTexts));
            if (item.ValueKind != JsonValueKind.String) problem.Add(ApiError.WrongType(name, "a string", Fields.Kind(item)));
            if (problem.First is not null) return [];
            texts.Add(item.GetString()!);
        }
        if (texts.Count == 0) problem.Add(ApiError.InvalidValue("texts", "Invalid 'texts': at least one is needed."));
        return texts.ToImmutable();
    }

    static ImmutableArray<string> Types(Fields fields, Problem problem)
    {
        var types = ImmutableArray.CreateBuilder<string>();
        foreach (var (item, name) in fields.Items("embedding_types"))
            if (item.ValueKind == JsonValueKind.String && VectorForms.All.Contains(item.GetString()!)) types.Add(item.GetString()!);
            else problem.Add(ApiError.InvalidValue(name, $"Invalid '{name}'. Supported values are: "
                + $"{string.Join(", ", VectorForms.All.Select(form => $"'{form}'"))}."));
        return types.Count > 0 ? [.. types.Distinct()] : [VectorForms.Float];
    }
}
