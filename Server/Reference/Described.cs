// What an endpoint says of itself for the API's document: one sentence, and the shape of its whole reply where a record has it.
namespace Majlis.Server.Reference;

static class Described
{
    public static RouteHandlerBuilder Says(this RouteHandlerBuilder endpoint, string summary) => endpoint.WithSummary(summary);

    /// <typeparam name="TReply">The record of the whole reply.</typeparam>
    public static RouteHandlerBuilder Says<TReply>(this RouteHandlerBuilder endpoint, string summary) =>
        endpoint.WithSummary(summary).Produces<TReply>();
}
