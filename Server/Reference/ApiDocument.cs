// The OpenAPI document of all endpoints at /openapi.json, by ASP.NET's generator: what each says of itself, who may call it, and that it
// refuses in its API's shape. Request bodies are read field by field, so their fields stand in the README, not here. Knows no endpoint.
using System.Text.Json.Nodes;
using Majlis.Server.Access;
using Majlis.Server.Operations;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Majlis.Server.Reference;

static class ApiDocument
{
    public const string Path = "/openapi.json";

    const string Key = "key";

    public static void AddApiDocument(this IServiceCollection services)
    {
        // Shapes are described by the writers that write them.
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = WireJson.Wire.Options.PropertyNamingPolicy;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, WireJson.Wire);
        });
        services.AddOpenApi(document =>
        {
            document.AddDocumentTransformer((described, _, _) => Introduce(described));
            document.AddOperationTransformer((operation, context, _) =>
                State(operation, context.Document, context.Description.ActionDescriptor.EndpointMetadata));
        });
    }

    public static void MapApiDocument(this IEndpointRouteBuilder routes) => routes.MapOpenApi(Path).Open();

    static Task Introduce(OpenApiDocument document)
    {
        document.Info = new() { Title = "Majlis", Version = ServerVersion.Build };
        document.Servers?.Clear();
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Key] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
        };
        return Task.CompletedTask;
    }

    static Task State(OpenApiOperation operation, OpenApiDocument? document, IList<object> metadata)
    {
        operation.Responses ??= [];
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "A refusal or a failure, in the shape of the API that was called.",
        };
        var roles = metadata.OfType<IAuthorizeData>().SelectMany(needed => needed.Roles?.Split(',') ?? []).ToArray();
        if (roles.Length == 0) return Task.CompletedTask;
        operation.Security = [new() { [new OpenApiSecuritySchemeReference(Key, document)] = [] }];
        operation.Extensions ??= new Dictionary<string, IOpenApiExtension>();
        operation.Extensions["x-roles"] =
            new JsonNodeExtension(new JsonArray([.. roles.Intersect(Roles.All).Select(role => (JsonNode)role)]));
        return Task.CompletedTask;
    }
}
