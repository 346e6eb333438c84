// GET /v1/models and /v1/models/{id}: the names a client may ask for, in OpenAI's shape with our extra fields; what asks for a
// model of a kind that is never served is told so. Knows no weights.
using Majlis.Inference;
using Majlis.Inference.Sentences;
using Majlis.Model.Catalog;
using Majlis.Server.Access;
using Majlis.Server.FineTuning;
using Majlis.Server.Operations;
using Majlis.Server.Reference;
using Majlis.Server.Wire;

namespace Majlis.Server.Models;

static class ModelsEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", List).RequireRole(Roles.Inference, Roles.Rater).TellVersion()
            .Says<ModelList>("The models that can be asked for.");
        routes.MapGet("/v1/models/{**id}", One).RequireRole(Roles.Inference, Roles.Rater)
            .Says<ModelCard>("One model.");
        routes.MapPost("/v1/moderations", () => ApiError.NoModeration().ToResult()).RequireRole(Roles.Inference)
            .Says("Refused: no model that moderates is served.");
    }

    static IResult List(LiveModel live, ModelNames names, ModelCards cards, EncoderModels encoders, TunedAdapters tuned)
    {
        if (live.Current is not { } model) return ApiError.NoModel().ToResult();
        var kept = names.Kept();
        return TypedResults.Json(new ModelList("list", [.. ModelNames.All(model, kept, tuned.Names(model))
            .Select(name => cards.Of(name, model, kept)), .. encoders.All.Select(cards.Of)]), WireJson.Wire.ModelList);
    }

    static IResult One(string id, LiveModel live, ModelNames names, ModelCards cards, EncoderModels encoders, TunedAdapters tuned)
    {
        if (live.Current is not { } model) return ApiError.NoModel().ToResult();
        // Clients send a slash inside an id as %2F, which routing does not decode.
        var name = Uri.UnescapeDataString(id);
        var kept = names.Kept();
        if (encoders.Named(name) is { } encoder) return TypedResults.Json(cards.Of(encoder), WireJson.Wire.ModelCard);
        return ModelNames.All(model, kept, tuned.Names(model)).Contains(name)
            || ModelNames.Means(name, model, out var adapter)
                && ModelNames.Adapters(model, kept, tuned.Names(model)).Contains(adapter)
            ? TypedResults.Json(cards.Of(name, model, kept), WireJson.Wire.ModelCard)
            : ApiError.UnknownModel(name, ModelNames.Describe(model)).ToResult();
    }
}

/// <summary>Describes models for the list: the live one from memory, stored ones from their manifests.</summary>
sealed class ModelCards(TimeProvider time)
{
    readonly long started = time.GetUtcNow().ToUnixTimeSeconds();

    public ModelCard Of(string name, LoadedModel live, IEnumerable<Manifest> kept)
    {
        if (ModelNames.Means(name, live, out var adapter) && adapter is not null) return Of(name, live, live.Adapters.Named(adapter));
        var version = name == ModelNames.Current ? live.Version : name;
        var manifest = kept.FirstOrDefault(manifest => manifest.Id == version);
        var loaded = version == live.Version || live.Adapters.Named(Trials.Adapter(version)) is not null;
        return new ModelCard(name, "model", manifest?.Created.ToUnixTimeSeconds() ?? started, "majlis", version, loaded,
            version == live.Version ? live.WeightsHash : manifest?.WeightsHash, version, manifest?.Parents.FirstOrDefault(),
            manifest?.Votes.Length ?? 0);
    }

    ModelCard Of(string name, LoadedModel live, ModelAdapter? adapter) => new(name, "model", started, "majlis",
        adapter?.Identity.Version ?? name, adapter is not null, adapter?.Identity.WeightsHash, adapter?.Identity.Root, live.Version, 0);

    public ModelCard Of(SentenceModel encoder) =>
        new(encoder.Name, "model", started, "majlis", encoder.Name, true, encoder.WeightsHash, encoder.Name, null, 0);
}

sealed record ModelList(string Object, IReadOnlyList<ModelCard> Data);

/// <param name="Version">The version that the name means now.</param>
/// <param name="Loaded">Whether requests for it are answered; stored versions are not loaded.</param>
/// <param name="Root">Where the numbers come from: an adapter's folder, else the version.</param>
/// <param name="Parent">What it was made from; of an adapter the version that it is served on.</param>
/// <param name="Votes">How many votes it learnt from that its parent had not.</param>
sealed record ModelCard(string Id, string Object, long Created, string OwnedBy,
    string Version, bool Loaded, string? WeightsHash, string? Root, string? Parent, int Votes);
